import type { FastifyInstance } from 'fastify';
import { readDeviceCode } from '../../devices/device-codes.ts';
import { AppError } from '../../platform/errors.ts';
import { catalogueOf } from '../catalogue.ts';
import { catalogueSchema, codeInputSchema, deviceCodeSchema } from '../catalogue-schemas.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, typed } from './route.ts';

const tags = ['devices'];

/** What devices there are, how they are connected, and what stands on their labels. */
export function registerCatalogue(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/catalogue',
    {
      schema: {
        tags,
        summary: 'Models that are known by name, and the languages that devices speak, with their ports here',
        response: answers(catalogueSchema),
      },
    },
    async () => catalogueOf(deps),
  );
  api.post(
    '/api/catalogue/read-code',
    {
      schema: {
        tags,
        summary: 'Reads the label, the bar code or the QR code of a device',
        body: codeInputSchema,
        response: answers(deviceCodeSchema),
      },
    },
    async ({ body }) => {
      const code = readDeviceCode(body.text);
      if (!code)
        throw new AppError('DEVICE_CODE_UNREADABLE', 'no identity of a device is in it', { status: 422 });
      return { ...code, protocols: [...code.protocols], doubt: code.doubt ?? null };
    },
  );
}
