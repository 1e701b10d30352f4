/** Values as codecs write them: words for states in many forms, numbers with their unit in one text. */
import type { Scalar } from './fields.ts';

const NO =
  /^(?:|0|0\.0+|n|no|none|false|off|normal|ok|idle|clear(?:ed)?|inactive|dry|safe|good|close[d]?|not|unalarmed|untriggered|silent|standby|null|nothing|default|restored?|recovered|undetected|installed|release[d]?)$/;
const YES =
  /^(?:1|y|yes|true|on|active|activated|wet|open(?:ed)?|pressed|pushed|abnormal|fault(?:y)?|error|fail(?:ed|ure)?|low|critical|uninstalled|removed|tilt(?:ed)?|fire|smoke|gas|moved|water)$/;
const NEGATED =
  /(?:^|_)(?:no|not|non|without|normal|releas\w*|clear\w*|dismiss\w*|recover\w*|restor\w*|end(?:ed)?|stop\w*|cancel\w*)(?:_|$)|^no[a-z]{3,}$|^un/;
const RAISED = /alarm|alert|detect|leak|flood|trigger|warning|tamper|press|exceed|over_range|dirty/;
const UNKNOWN = /unknown|n\/?a$|undefined|invalid|not_available|unavailable|reserved/;

export function wordOf(value: Scalar): string {
  return String(value)
    .slice(0, 80)
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s\-_./]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Whether a state is told to be so; undefined for what says neither. Numbers count as true from 1 on. */
export function flagOf(value: Scalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value < 0 ? undefined : value > 0;
  const word = wordOf(value);
  if (UNKNOWN.test(word)) return undefined;
  if (NO.test(word) && value.trim() !== '') return false;
  if (YES.test(word)) return true;
  if (/^\d{1,3}$/.test(word)) return Number(word) > 0;
  if (NEGATED.test(word)) return false;
  return RAISED.test(word) ? true : undefined;
}

const NUMBER =
  /^\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,2})?)\s*([^\d\s,;/()][^\d,;()]{0,9})?\s*(\(.{0,40}\))?\s*$/i;
const UNSET: ReadonlySet<number> = new Set([
  65_535, 65_534, 32_767, -32_768, 4_294_967_295, 2_147_483_647, -2_147_483_648, 6553.5, 3276.7, -3276.8,
  327.67, -327.68, 655.35, -9999,
]);

/** A number with the unit that the text itself names; undefined for none and for what a register holds that was never written. */
export function quantityOf(value: Scalar): { value: number; unit?: string; remark?: string } | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return UNSET.has(value) ? undefined : { value };
  const [, digits, unit, remark] = NUMBER.exec(value.slice(0, 64)) ?? [];
  if (digits === undefined || UNSET.has(Number(digits))) return undefined;
  return {
    value: Number(digits),
    ...(unit === undefined ? {} : { unit: unit.trim() }),
    ...(remark === undefined ? {} : { remark }),
  };
}

/** A text in place of a measurement that says that there is none. */
export function hasFailed(value: Scalar): boolean {
  return (
    typeof value === 'string' &&
    /read[_ ]?fail|sensor[_ ](?:error|fault|fail)|disconnect|not connected|unplugged|read[_ ]?error|no[_ ]sensor|out[_ ]of[_ ]range|overflow$|measure\w* fail/i.test(
      value,
    )
  );
}
