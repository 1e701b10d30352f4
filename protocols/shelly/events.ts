/** What happens once: `NotifyEvent` of Gen2+, `input_event` of Gen1. */
import { add, clean, isObject } from '../sink.ts';
import { actionOf } from '../words.ts';
import { pointOf } from './components.ts';
import type { Talk } from './session.ts';

/** Somebody named the device after what its button is for. */
const CALL_BUTTON = /sos|panic|emergency|help|呼叫|求助/i;
const PRESS = /^(?:(?:single|double|triple|long)_push|[SL]{1,3})$/;

/** A press calls for help where the device is named so, or the press itself. */
export function readPress(talk: Talk, event: string, names: readonly string[]): undefined {
  const named = names.some((name) => CALL_BUTTON.test(name)) && PRESS.test(event);
  const action = named ? 'sos' : actionOf(event, false);
  if (action) add(talk.sink, { signal: action, value: true, code: clean(event) });
}

const STATES = [
  ['alarm', true],
  ['alarm_on', true],
  ['alarm_off', false],
] as const;

function readDetectorEvent({ sink, id }: Talk, component: string, event: string): undefined {
  const [type = '', index = '0'] = component.split(':');
  const point = pointOf(id, /^\d{1,3}$/.test(index) ? Number(index) : 0);
  const signal = type === 'smoke' ? 'smoke' : 'water_leak';
  const [, alarm] = STATES.find(([name]) => name === event) ?? [];
  if (alarm !== undefined) add(sink, { signal, ...point, value: alarm });
  if (event === 'alarm_test')
    sink.readings.push({ signal, ...point, value: true, origin: 'test', code: event });
  if (event === 'cable_unplugged' || event === 'cable_plugged')
    add(sink, { signal: 'sensor_fault', ...point, value: event === 'cable_unplugged', code: event });
}

/** The events of one `NotifyEvent`; changes of settings and updates are none of ours. */
export function readEvents(talk: Talk, events: unknown, names: readonly string[]): undefined {
  if (!Array.isArray(events)) return;
  for (const one of events.slice(0, 50)) {
    if (!isObject(one) || typeof one.component !== 'string' || typeof one.event !== 'string') continue;
    const { component, event } = one;
    if (/^(?:flood|smoke)/.test(component)) readDetectorEvent(talk, component, event);
    else if (/^(?:input|bthomedevice|button)/.test(component)) readPress(talk, event, names);
  }
}
