import { describe, expect, it } from 'vitest';
import { scenarios } from '../../device-sim/scenarios/registry.ts';
import { protocols } from '../../protocols/index.ts';
import { listenersOf } from '../../src/transport/free-ports.ts';
import { readProjectFile } from '../harness/source.ts';

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const text = readProjectFile(file);
  const settings = text.split('\n').filter((line) => /^\| `[A-Z0-9_]+`/.test(line));
  const code = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
  const defaults = settings.flatMap((line) => {
    const [, names, values] = line.split('|');
    return code(names).map((name, i) => [name, code(values)[i]] as const);
  });

  it('has every port with its default', () => {
    for (const { variable, port } of listenersOf(protocols))
      expect(defaults).toContainEqual([variable, String(port)]);
  });

  it('has every setting of the configuration', () => {
    const names = new Set(defaults.map(([name]) => name));
    const [, schema = ''] = readProjectFile('src/config.ts').split('environmentSchema = z.object({');
    const wanted = [...(schema.split('\n});')[0] ?? '').matchAll(/^ {2}([A-Z_]+):/gm)].map(
      ([, name]) => name,
    );
    expect(wanted.length).toBeGreaterThan(20);
    for (const name of wanted) expect(names).toContain(name);
  });

  it('names every scenario of the simulator', () => {
    const row = text.split('\n').find((line) => line.startsWith('| `npm run sim -- <scenario>`'));
    for (const { name } of scenarios) expect(row).toContain(`\`${name}\``);
  });
});
