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
