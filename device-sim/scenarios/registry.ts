import { binhu } from './binhu.ts';
import { idle } from './idle.ts';
import { load } from './load.ts';
import { lorawan } from './lorawan.ts';
import { maoqi } from './maoqi.ts';
import type { Scenario } from './scenario.ts';
import { sos } from './sos.ts';
import { sparkplug } from './sparkplug.ts';

export const scenarios: readonly Scenario[] = [maoqi, binhu, lorawan, sparkplug, sos, idle, load];
