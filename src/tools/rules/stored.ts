import { protocols } from '../../../protocols/index.ts';
import { silencesOf } from '../../api/silence.ts';
import type { Config } from '../../config.ts';
import { CleanUp } from '../../platform/clean-up.ts';
import { createSystemClock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/logging.ts';
import type { StoredBacktestDeps } from '../../rules/lab/stored-backtest.ts';
import type { Workdays } from '../../rules/schedule.ts';
import type { Language } from './say.ts';
import { openToolDatabase } from './tool-database.ts';

const DEFAULT_SILENCE_MS = 25 * 3_600_000;

/** Runs something on what the service has stored. Throws RULES_NO_TELEMETRY where that is in InfluxDB. */
export async function withStored<T>(
  { config, language, calendar }: { config: Config; language: Language; calendar: Workdays | undefined },
  run: (deps: StoredBacktestDeps) => Promise<T>,
): Promise<T> {
  if (config.influx)
    throw new AppError(
      'RULES_NO_TELEMETRY',
      language === 'zh'
        ? '遥测数据在 InfluxDB 中，这里只读 PostgreSQL：请导出 CSV，用 --readings 给出'
        : 'telemetry is in InfluxDB, only PostgreSQL is read: export CSV and give it with --readings',
    );
  const log = createLogger('error');
  const cleanUp = new CleanUp(log);
  const silences = silencesOf(protocols);
  try {
    return await run({
      database: await openToolDatabase(config, log, cleanUp),
      clock: createSystemClock(),
      dataDir: config.dataDir,
      alone: protocols.filter(({ gateway }) => gateway?.alone).map(({ name }) => name),
      expectedEveryMs: ({ protocol, model = null }) => silences.of({ protocol, model }) || DEFAULT_SILENCE_MS,
      calendar,
    });
  } finally {
    await cleanUp.run();
  }
}
