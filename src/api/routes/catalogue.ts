import type { FastifyInstance } from 'fastify';
import { catalogue } from '../../../protocols/catalogue.ts';
import { readDeviceCode } from '../../devices/device-codes.ts';
import { AppError } from '../../platform/errors.ts';
import {
  type CatalogueModelView,
  catalogueSchema,
  codeInputSchema,
  deviceCodeSchema,
  type Language,
} from '../catalogue-schemas.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, typed } from './route.ts';

const tags = ['devices'];

/** What devices there are, how they are connected, and what stands on their labels. */
export function registerCatalogue(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const models = catalogue.map(modelView);
  api.get(
    '/api/catalogue',
    {
      schema: {
        tags,
        summary: 'Models that are known by name, and the languages that devices speak, with their ports here',
        response: answers(catalogueSchema),
      },
    },
    async () => ({ languages: deps.protocols.map((protocol) => languageOf(protocol, deps)), models }),
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

function modelView({ signals, batteryDays, ...model }: (typeof catalogue)[number]): CatalogueModelView {
  return { ...model, signals: [...signals], batteryDays: batteryDays ?? null };
}

type Spoken = ApiDeps['protocols'][number];

function languageOf(protocol: Spoken, deps: ApiDeps): Language {
  const { name, title, gateway, mqttTopic } = protocol;
  return {
    name,
    title,
    ways: waysOf(protocol, deps.listening?.()),
    isGateway: gateway !== undefined,
    isOpen: gateway?.open === true,
    isAlone: gateway?.alone === true,
    logsIn: gateway !== undefined || mqttTopic !== undefined,
    prefix: gateway?.defaultPrefix('{id}') ?? null,
  };
}

type Listening = ReturnType<NonNullable<ApiDeps['listening']>>;

function waysOf(
  { name, tcp, udp, http, webSocket, mqttTopic, gateway }: Spoken,
  ports: Listening | undefined,
): Language['ways'] {
  const none = { port: null, path: null };
  return [
    ...(mqttTopic || gateway
      ? [{ kind: 'mqtt' as const, port: ports?.mqtt ?? null, path: mqttTopic ?? null }]
      : []),
    ...(tcp ? [{ ...none, kind: 'tcp' as const, port: ports?.tcp[name] ?? null }] : []),
    ...(udp ? [{ ...none, kind: 'udp' as const, port: ports?.udp[name] ?? null }] : []),
    ...(http ? [{ ...none, kind: 'http' as const, path: `/api/push/${http.source}` }] : []),
    ...(webSocket ? [{ ...none, kind: 'websocket' as const, path: webSocket.path }] : []),
  ];
}
