import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadPolicies, readPolicy } from '../../src/incidents/policies.ts';
import { formatProblem } from '../../src/platform/problem.ts';
import { projectRoot, readProjectFile } from '../harness/source.ts';

const shipped = readProjectFile('alert-rules/policies/sos.yaml');
const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('the policy that is shipped', () => {
  it('asks worker and family, deputy, street and city, then everybody every 2 minutes', async () => {
    const { policies } = await loadPolicies(join(projectRoot, 'alert-rules/policies'));
    expect(policies?.forKind('anything')).toEqual({
      name: 'sos',
      steps: [
        { afterMs: 0, notify: ['worker', 'family'] },
        { afterMs: 45_000, notify: ['deputy'] },
        { afterMs: 90_000, notify: ['street'] },
        { afterMs: 180_000, notify: ['city'] },
      ],
      repeatEveryMs: 120_000,
      enRouteWithinMs: 120_000,
      onSceneWithinMs: 900_000,
      onSceneAtMostMs: 2_700_000,
      remindOnSceneMs: 3_600_000,
      reopenWithinMs: 1_800_000,
    });
  });
});

describe('a policy with a fault', () => {
  it.each([
    ['a step that is not a list', 'notify: [street]', 'notify: street', /sos\.yaml:11:13 .*notify/],
    ['a target that does not exist', '[street]', '[mayor]', /sos\.yaml:11:14 .*/],
    ['a duration that is none', 'after: 45s', 'after: soon', /sos\.yaml:8:12 .*duration/],
    ['a first step that waits', 'after: 0s', 'after: 5s', /sos\.yaml:6:12 .*first step/],
    ['steps out of order', 'after: 90s', 'after: 45s', /sos\.yaml:10:12 .*after the step before/],
    ['a step that lets people wait', 'after: 180s', 'after: 1h', /sos\.yaml:12:12 .*10 minutes/],
    ['no repetition', 'repeat_every: 120s', 'repeat_every: 0s', /sos\.yaml:\d+:15 .*10 seconds/],
    ['a key that nobody knows', 'name: sos', 'name: sos\nmute: true', /sos\.yaml:4:\d+ .*mute.*/],
    ['an arrival later than the latest', 'on_scene_at_most: 45m', 'on_scene_at_most: 5m', /on_scene_within/],
  ])('%s is refused with its place', (_name, good, bad, expected) => {
    expect(shipped).toContain(good);
    const header = shipped.split('\n').findIndex((line) => line.startsWith('name:'));
    const text = shipped.replace(good, bad);
    const read = readPolicy('sos.yaml', text);
    if (!('problems' in read)) throw new Error('it was taken');
    expect(header).toBe(2);
    expect(read.problems.map((problem) => formatProblem(problem, 'en')).join('\n')).toMatch(expected);
    expect(read.problems[0]?.message.zh).toMatch(/\p{Script=Han}|：/u);
  });

  it('that asks the family alone is refused', () => {
    const text = shipped.replaceAll(/notify: \[.*\]/g, 'notify: [family]');
    const read = readPolicy('sos.yaml', text);
    expect('problems' in read && read.problems[0]?.message.en).toMatch(/other than the family/);
  });
});

describe('a folder of policies', () => {
  it('serves each kind by the policy that names it, and all others by the one that names none', async () => {
    const folder = await folderWith({
      'sos.yaml': shipped,
      'fall.yaml': shipped.replace('name: sos', 'name: fall\nfor: [fall]'),
    });
    const { policies } = await loadPolicies(folder);
    expect(policies?.forKind('fall').name).toBe('fall');
    expect(policies?.forKind('sos').name).toBe('sos');
  });

  it('without one for all kinds, or with two, is refused', async () => {
    const none = await folderWith({ 'fall.yaml': shipped.replace('name: sos', 'name: fall\nfor: [fall]') });
    const two = await folderWith({ 'a.yaml': shipped, 'b.yaml': shipped });
    for (const folder of [none, two]) {
      const { policies, problems } = await loadPolicies(folder);
      expect(policies).toBeUndefined();
      expect(problems[0]?.code).toBe('POLICY_NO_FALLBACK');
    }
  });
});
