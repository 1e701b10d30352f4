import { catalogue } from '../../protocols/catalogue.ts';
import type { Catalogue, CatalogueModelView, Language } from './catalogue-schemas.ts';
import type { ApiDeps } from './deps.ts';

type Spoken = ApiDeps['protocols'][number];
type Listening = ReturnType<NonNullable<ApiDeps['listening']>>;

/** The models that are known by name, and the languages that are spoken here. */
export function catalogueOf({ protocols, listening }: Pick<ApiDeps, 'protocols' | 'listening'>): Catalogue {
  const ports = listening?.();
  return {
    languages: protocols.map((protocol) => languageOf(protocol, ports)),
    models: catalogue.map(modelView),
  };
}

function modelView({
  signals,
  everySeconds,
  batteryDays,
  ...model
}: (typeof catalogue)[number]): CatalogueModelView {
  return {
    ...model,
    signals: [...signals],
    everySeconds: everySeconds ?? null,
    batteryDays: batteryDays ?? null,
  };
}

function languageOf(protocol: Spoken, listening: Listening | undefined): Language {
  const { name, title, gateway, mqttTopic } = protocol;
  return {
    name,
    title,
    ways: waysOf(protocol, listening),
    isGateway: gateway !== undefined,
    isOpen: gateway?.open === true,
    isAlone: gateway?.alone === true,
    logsIn: gateway !== undefined || mqttTopic !== undefined,
    prefix: gateway?.defaultPrefix('{id}') ?? null,
  };
}

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
