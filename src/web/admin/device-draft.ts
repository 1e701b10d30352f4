import type { Catalogue, Language } from '../../api/catalogue-schemas.ts';
import type { DeviceInput } from '../core/endpoints.ts';

/** What the form of a new device holds. */
export interface Draft {
  protocol: string;
  nativeId: string;
  model: string;
  vendor: string;
  /** Of a language in which both log in: a gateway or network server, not a device behind one. */
  isHub: boolean;
  name: string;
  subjectId: string;
  assetId: string;
  topicPrefix: string;
}

export type CatalogueModel = Catalogue['models'][number];

const unfilled = {
  model: '',
  vendor: '',
  isHub: false,
  name: '',
  subjectId: '',
  assetId: '',
  topicPrefix: '',
};

/** The form as it is opened; what was heard of a device begins with its model, where it tells it. */
export function firstDraft(
  {
    protocol,
    nativeId,
    description = '',
  }: { protocol: string; nativeId: string; description?: string | undefined },
  models: readonly CatalogueModel[],
): Draft {
  const heard = description.toLowerCase();
  const known = models
    .filter((one) => one.protocol === protocol && heard.startsWith(modelName(one).toLowerCase()))
    .sort((a, b) => b.model.length - a.model.length)[0];
  const model = known ? { model: known.model, vendor: known.vendor } : {};
  return { ...unfilled, protocol, nativeId, ...model };
}

/** How a model is written where people choose it. */
export const modelName = ({ vendor, model }: Pick<CatalogueModel, 'vendor' | 'model'>): string =>
  vendor === model ? model : `${vendor} ${model}`;

/** Whether what is being registered speaks for others, or below a topic of its own. */
export function hasPrefix({ isHub }: Pick<Draft, 'isHub'>, language: Language | undefined): boolean {
  return language?.isGateway === true && (!language.isOpen || isHub);
}

/** The prefix that it gets where none is given. */
export function defaultPrefix({ nativeId }: Pick<Draft, 'nativeId'>, language: Language | undefined): string {
  return (language?.prefix ?? '{id}').replace('{id}', nativeId.trim() || '…');
}

export function toDeviceInput(draft: Draft, language: Language | undefined): DeviceInput {
  const { protocol, nativeId, name, model, vendor, subjectId, assetId, topicPrefix } = draft;
  const given = (key: string, text: string, as: (text: string) => unknown = String) =>
    text.trim() === '' ? {} : { [key]: as(text.trim()) };
  const prefix = topicPrefix.trim() === '' && language?.isOpen ? defaultPrefix(draft, language) : topicPrefix;
  return {
    protocol,
    nativeId: nativeId.trim(),
    ...given('name', name),
    ...given('model', model),
    ...given('vendor', vendor),
    ...given('subjectId', subjectId, Number),
    ...given('assetId', assetId, Number),
    ...(hasPrefix(draft, language) ? given('topicPrefix', prefix) : {}),
  };
}

/** The draft after somebody chose or typed a model: a known one brings its vendor and its language. */
export function withModel(draft: Draft, text: string, models: readonly CatalogueModel[]): Draft {
  const known = knownModel(models, text, draft.protocol);
  if (!known) return { ...draft, model: text, vendor: '' };
  return { ...draft, model: known.model, vendor: known.vendor, protocol: known.protocol, isHub: false };
}

/** The model of that name, with or without its vendor in front; of one that speaks several languages in `protocol`, if it does. */
export function knownModel(
  models: readonly CatalogueModel[],
  text: string,
  protocol: string,
): CatalogueModel | undefined {
  const wanted = text.trim().toLowerCase();
  const named = models.filter((one) =>
    [modelName(one), one.model].some((name) => name.toLowerCase() === wanted),
  );
  return named.find((one) => one.protocol === protocol) ?? named[0];
}

const wornKinds: ReadonlySet<string> = new Set(['wristband', 'pendant', 'tracker', 'phone']);

/** The languages of which every known model is worn or carried. */
export function wornLanguages(models: readonly CatalogueModel[]): Set<string> {
  const others = new Set(models.filter(({ kind }) => !wornKinds.has(kind)).map(({ protocol }) => protocol));
  return new Set(models.map(({ protocol }) => protocol).filter((protocol) => !others.has(protocol)));
}
