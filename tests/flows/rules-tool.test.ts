import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gridguard-rules-'));
  cpSync('alert-rules', join(folder, 'rules'), { recursive: true });
  mkdirSync(join(folder, 'ward'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function rules(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/tools/rules.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr, lines: stdout.split('\n').filter(Boolean) };
}

describe('the rules tool', () => {
  it('plays a recording and prints each change with record, rule, kind, state, time and evidence', () => {
    const rows = ['observed_at,heart_rate,spo2'];
    for (let second = 0; second < 240; second++) {
      const spo2 = second < 60 ? 96 : second < 100 ? 86 : 95;
      rows.push(`${new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()},,${second % 7 ? spo2 : ''}`);
    }
    const file = join(folder, 'ward', 'bed-1.csv');
    writeFileSync(file, `${rows.join('\r\n')}\r\n`);
    const played = rules('backtest', '--readings', file);
    expect(played.stderr).toContain('1 subjects: 1 alerts (warning 1)');
    expect(played.lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        record: 'ward/bed-1',
        rule: 'spo2_low',
        kind: 'spo2_low',
        state: 'firing',
        at: '2026-01-01T00:01:20.000Z',
        evidence: { signal: 'spo2', value: 86, limit: 90 },
      },
      { record: 'ward/bed-1', rule: 'spo2_low', state: 'resolved', at: '2026-01-01T00:03:45.000Z' },
    ]);
    expect(JSON.parse(rules('backtest', '--readings', file, '--record', 'x').lines[0] ?? '')).toMatchObject({
      record: 'x',
    });
  });

  it('says where a recording cannot be read', () => {
    const file = join(folder, 'ward', 'bad.csv');
    writeFileSync(file, 'observed_at,spo2\n2026-01-01T00:00:00Z,95\n2026-01-01T00:00:01Z,many\n');
    expect(rules('backtest', '--readings', file)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('bad:3 spo2: many'),
    });
    writeFileSync(file, 'observed_at,oxygen\n');
    expect(rules('backtest', '--readings', file).stderr).toContain('bad:1 column oxygen');
  });

  it('says what was asked wrongly, and how to ask', () => {
    const said = (...args: string[]) => {
      const { status, stderr } = rules(...args);
      expect(status).toBe(2);
      return stderr;
    };
    expect(said('chek', '--lang', 'zh')).toContain('是不是“check”？');
    expect(said('check', 'spo2_low')).toContain('named by --rules');
    expect(said('explain', '--rule', 'spo2_lo')).toContain('did you mean “spo2_low”?');
    expect(said('backtest', '--readings', '/nowhere.csv', '--lang', 'zh')).toContain('/nowhere.csv: 没有');
  });

  it('checks and tests the shipped rules', () => {
    expect(rules('check', '--lang', 'en')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/no problem/),
    });
    expect(rules('test')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^(\d+) of \1 cases passed/),
    });
    expect(rules('test', '--lang', 'zh').stdout).toMatch(/^(\d+) 个用例，通过 \1 个/);
    expect(rules('explain', '--lang', 'zh').stdout).toContain('满溢度达到或高于 90 %，并持续 10 分钟');
  });

  it('tells a case that does not hold, and a rule without one that must not fire', () => {
    const directory = join(folder, 'rules');
    const file = join(directory, 'heart_rate_low.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('below: 50', 'below: 51'));
    const tests = join(directory, 'tests', 'fall.yaml');
    writeFileSync(tests, readFileSync(tests, 'utf8').split('  - name: one that was buffered')[0] ?? '');
    const { status, stdout, stderr } = rules('test', '--rules', directory, '--lang', 'en');
    expect(status).toBe(1);
    expect(stdout).toContain(
      'a slow heart that is not too slow\n  expected: nothing\n  happened: 1 min 30 s, firing',
    );
    expect(stderr).toContain('fall has no case that must not fire');
  });

  it('refuses a faulty file with its place', () => {
    const file = join(folder, 'rules', 'sos.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('severity: critical', 'severity: loud'));
    const { status, stderr } = rules('check', '--rules', join(folder, 'rules'), '--lang', 'zh');
    expect(status).toBe(1);
    expect(stderr).toMatch(/sos\.yaml:10:11 severity：/);
  });
});
