import { describe, expect, it, vi } from 'vitest';
import { findProgram, programNames, requireProgram } from '../harness/requirements.ts';

describe('programs of the machine', () => {
  it.skipIf(process.env.CI !== 'true').each(programNames)('%s is there on a CI machine', (name) => {
    expect(findProgram(name)).toBeDefined();
  });

  it('are named when absent, and an error with CI=true', () => {
    const absent = programNames.find((name) => !findProgram(name));
    vi.stubEnv('CI', 'true');
    if (absent) expect(() => requireProgram(absent)).toThrow(absent);
    vi.stubEnv('CI', '');
    for (const name of programNames) expect(requireProgram(name).path ?? name).toBeTruthy();
    if (absent) expect(requireProgram(absent).reason).toContain(absent);
    vi.unstubAllEnvs();
  });
});
