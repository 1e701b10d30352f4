import type { Rule } from '../../rules/rule.ts';
import { runRuleTests } from '../../rules/rule-tests.ts';
import { type Language, print, tell } from './say.ts';

/** Runs the tests of all rules, and says which hold and what no case tries. */
export async function testCommand(
  directory: string,
  rules: readonly Rule[],
  language: Language,
): Promise<number> {
  const { results, problems, gaps } = await runRuleTests(directory, rules);
  const failed = results.filter((result) => !result.passed);
  for (const { file, name, expected, happened } of failed)
    print(failure(language, { place: `${file}: ${name}`, expected, happened }));
  const passed = results.length - failed.length;
  print(
    language === 'zh'
      ? `${results.length} 个用例，通过 ${passed} 个`
      : `${passed} of ${results.length} cases passed`,
  );
  if (gaps.length > 0) print(language === 'zh' ? '未测试：' : 'not tried:');
  for (const { rule, what } of gaps) print(`  ${rule}: ${what[language]}`);
  if (problems.length > 0) return tell(problems, language);
  return failed.length > 0 ? 1 : 0;
}

function failure(
  language: Language,
  failed: { place: string; expected: readonly string[]; happened: readonly string[] },
): string {
  const isZh = language === 'zh';
  const list = (changes: readonly string[]) => changes.join(' · ') || (isZh ? '不报警' : 'nothing');
  const [head, expected, happened] = isZh ? ['未通过', '应为', '实为'] : ['FAILED', 'expected', 'happened'];
  return `${head} ${failed.place}\n  ${expected}: ${list(failed.expected)}\n  ${happened}: ${list(failed.happened)}`;
}
