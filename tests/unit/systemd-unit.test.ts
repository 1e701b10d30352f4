import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { requireProgram } from '../harness/requirements.ts';
import { projectRoot, readProjectFile } from '../harness/source.ts';

const analyze = requireProgram('systemd');
const unit = readProjectFile('src/tools/systemd/gridguard.service');

describe('the systemd unit', () => {
  it('starts a file that is there, with settings that the service takes', () => {
    const [, program = ''] = /^ExecStart=\S+ (\S+)$/m.exec(unit) ?? [];
    expect(readProjectFile(program)).toContain('startService');
    const [, settings = ''] = /^Environment=(.*)$/m.exec(unit) ?? [];
    const environment = Object.fromEntries(settings.split(' ').map((pair) => pair.split('=')));
    expect(loadConfig(environment)).toMatchObject({ demo: false, dataDir: '/var/lib/gridguard' });
  });

  it('stands in the README of both languages', () => {
    for (const file of ['README.md', 'README.zh-CN.md'])
      expect(readProjectFile(file)).toContain('src/tools/systemd/gridguard.service');
  });

  it.skipIf(!analyze.path)('is valid for systemd, and well locked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gridguard-unit-'));
    const file = join(folder, 'gridguard.service');
    const here = unit
      .replace('/opt/gridguard/node_modules/.bin/node', process.execPath)
      .replaceAll('/opt/gridguard', projectRoot);
    writeFileSync(file, here);
    try {
      const run = (...args: string[]) => spawnSync(analyze.path ?? '', [...args, file], { encoding: 'utf8' });
      const verified = run('verify');
      expect(`${verified.stdout}${verified.stderr}`).toBe('');
      expect(verified.status).toBe(0);
      const locked = run('security', '--offline=true', '--threshold=25', '--no-pager');
      expect(locked.status, locked.stdout.slice(-300)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
