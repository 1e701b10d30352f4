import pg from 'pg';
import { poolConfig } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logging.ts';

/**
 * A process that holds an embedded PostgreSQL in the folder named by its argument: prints one JSON line, either
 * `{address, uid, encoding, marks}` once it serves (each start adds a mark) or `{code, message}`, and stops on SIGTERM.
 */
async function main(dataDir: string): Promise<void> {
  const server = await startEmbeddedPostgres({ dataDir, log: createLogger('silent') });
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  const client = new pg.Client(poolConfig(server.address, 1));
  await client.connect();
  await client.query('create table if not exists marks (at timestamptz default clock_timestamp())');
  await client.query('insert into marks default values');
  const { rows } = await client.query(
    "select count(*) as marks, current_setting('server_encoding') as encoding, upper('é茅') as upper from marks",
  );
  await client.end();
  print({ address: server.address, ...rows[0] });
  setInterval(() => {}, 1000);
}

function print(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main(process.argv[2] ?? '').catch((error) => {
  print({ code: error.code, message: error.message });
  process.exit(1);
});
