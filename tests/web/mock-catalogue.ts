import { protocols } from '../../protocols/index.ts';
import { catalogueOf } from '../../src/api/catalogue.ts';
import { readDeviceCode } from '../../src/devices/device-codes.ts';
import { ok, type Route, refuse } from './mock-answer.ts';

const listening = () => ({ mqtt: 1883, tcp: { watch: 5093, iw: 5010 }, udp: {} });

/** The catalogue as the service has it. */
export const catalogueRoutes: Readonly<Record<string, Route>> = {
  'GET catalogue': () => ok(catalogueOf({ protocols, listening })),
  'POST catalogue/read-code': ({ body }) => {
    const code = readDeviceCode(String(body.text));
    return code
      ? ok({ ...code, doubt: code.doubt ?? null })
      : refuse(422, 'DEVICE_CODE_UNREADABLE', '这个码里没有设备编号');
  },
};
