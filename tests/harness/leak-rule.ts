import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A rule of our own, so that tests of versions say nothing of how the shipped ones are tuned. */
export const leak = {
  body: `name: water_leak
title: { zh: 漏水, en: Water leak }
kind: water_leak
severity: critical
consequence: ticket
fault_class: water_leak
condition:
  state: { signal: water_leak, is: true, clear_for: 60s }
`,
  tests: `rule: water_leak
cases:
  - name: wet is a ticket at once
    every: 10s
    series: { water_leak: false truex3 }
    expect: [{ at: 10s, state: firing, severity: critical }]
  - name: dry is none
    every: 10s
    series: { water_leak: falsex3 }
    expect: []
`,
};

const calm = (text: string): string => text.replace('severity: critical', 'severity: warning');

/** The same, as a warning only. */
export const calmer = { body: calm(leak.body), tests: calm(leak.tests) };

export const shipped = (name: string) => ({
  body: readFileSync(`alert-rules/${name}.yaml`, 'utf8'),
  tests: readFileSync(`alert-rules/tests/${name}.yaml`, 'utf8'),
});

/** A folder with the shipped rule for sos and this one; whoever asks removes it. */
export function makeRuleFolder(): { folder: string; put(name: string, text: string): void; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-rules-'));
  mkdirSync(join(folder, 'tests'));
  const put = (name: string, text: string): void => writeFileSync(join(folder, `${name}.yaml`), text);
  for (const [name, { body, tests }] of Object.entries({ sos: shipped('sos'), water_leak: leak })) {
    put(name, body);
    put(`tests/${name}`, tests);
  }
  return { folder, put, remove: () => rmSync(folder, { recursive: true }) };
}
