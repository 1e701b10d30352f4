/** Calls for help, smoke, gas and fire: what may save a life is looked for first. */
import { clean } from '../sink.ts';
import { flag, type Into, nothing, put, putEvent, type Rule, type Said } from './rule.ts';
import { flagOf, wordOf } from './values.ts';

const ENDS = '(?:_(?:alarm|alert|state|status|detect(?:ed|ion)?|sensor|event|flag|warning|level_alarm))*';
const NO_PRESS =
  /^(?:|0|none|no|false|released?|idle|normal|off|not_pressed|no_?press|no_event|unpressed|not_pushed)$/;

/** Pressing what has no other purpose is a call; for an emergency only where the device is made for that or the press is held. */
function press(into: Into, { field, point }: Said): boolean {
  const word = wordOf(field.value);
  if (NO_PRESS.test(word)) return true;
  if (flagOf(field.value) === false) return true;
  const signal = into.about.call || /sos|panic|emergency|help|long/.test(word) ? 'sos' : 'service_call';
  const code =
    typeof field.value === 'string' && flagOf(field.value) === undefined
      ? { code: clean(field.value, 40) }
      : {};
  return put(into, { signal, ...(/^\d+$/.test(point) ? { channel: point } : {}), value: true, ...code });
}

/** A concentration is no alarm; words and bits are. */
const stated = ({ field }: Said) => typeof field.value !== 'number' || field.value === 0 || field.value === 1;

export const lifeRules: readonly Rule[] = [
  { is: /(?:^|_)(?:self_?)?test(?:ing|ed)?(?:_|$)/, read: nothing },
  {
    is: /^(?:sos|panic|emergen(?:cy|ce)|help|duress|man_down)(?:_(?:alarm|alert|button|event|status|call|press(?:ed)?|mode|flag|state|key))*$|^alarm_(?:sos|panic|emergency)$/,
    read: (into, said) => {
      const word = wordOf(said.field.value);
      if (NO_PRESS.test(word)) return true;
      if (flagOf(said.field.value) === false) return true;
      return put(into, { signal: 'sos', value: true });
    },
  },
  {
    is: /^alarm(?:_(?:status|flag|state))?$/,
    of: ({ vendor, text, has, button, call }) =>
      (vendor === 'dragino' && (button || has(/^latitude$/) || /lgt|tracker|pb01/.test(text))) ||
      (vendor === 'netvox' && button && call),
    read: (into, said) => putEvent(into, said, { signal: 'sos', value: true }),
  },
  {
    is: /^(?:press(?:ed)?(?:_event|_type)?|(?:push_?)?button(?:_(?:event|press(?:ed)?|status|state|alarm|action|msg))*|pushed|push|click(?:ed)?|key_press(?:ed)?)$/,
    of: ({ button }) => button,
    read: press,
  },
  {
    is: /^(?:fall|fall_?down|person_fall)(?:_(?:alarm|alert|event|status|state|detect(?:ed|ion)?))*$/,
    of: (_about, { field }) => stated({ field, base: '', point: '' }),
    read: (into, said) => putEvent(into, said, { signal: 'fall', value: true }),
  },
  { is: /^interconnect/, read: nothing },
  {
    is: new RegExp(`^(?:smoke|smoke_?sensor|fire_smoke)${ENDS}$|^alarm_smoke$`),
    of: (_about, said) => stated(said),
    read: flag('smoke'),
  },
  {
    is: new RegExp(
      `^(?:fire|flame)${ENDS}$|^alarm_fire$|^(?:fire_)?(?:heat|high_temp(?:erature)?|over_?heat)_alarm$`,
    ),
    of: ({ has, electric }, { base }) => !electric && (/fire|flame/.test(base) || has(/^(?:smoke|fire)/)),
    read: flag('fire'),
  },
  {
    is: new RegExp(
      `^(?:gas|methane|lpg|lng|natural_gas|combustible_gas|flammable_gas)(?:_leak(?:age)?)?${ENDS}$|^alarm_gas$`,
    ),
    of: (_about, said) => stated(said),
    read: flag('gas'),
  },
  {
    is: /^(?:co|carbon_monoxide)(?:_(?:alarm|alert|warning|detected|alarm_status))+$|^(?:carbon_monoxide|alarm_co)$/,
    of: (_about, said) => stated(said),
    read: flag('carbon_monoxide'),
  },
];
