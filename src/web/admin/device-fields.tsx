import { useId, useState } from 'react';
import type { Language } from '../../api/catalogue-schemas.ts';
import { api } from '../core/endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { ScanButton } from '../ui/code-scanner.tsx';
import { ChoiceField, SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import {
  type CatalogueModel,
  type Draft,
  defaultPrefix,
  hasPrefix,
  modelName,
  withModel,
} from './device-draft.ts';
import { ModelFacts } from './model-facts.tsx';

interface FieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

interface CodeProps extends FieldsProps {
  /** Hears of a number that may have been misread. */
  onDoubt: (nativeId: string) => void;
}

/** The number on the device: typed, or read from its label. */
export function CodeField({ draft, onChange, onDoubt }: CodeProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [doubted, setDoubted] = useState<string>();
  const read = (text: string) =>
    submission.run(async () => {
      const { nativeId, protocols, doubt } = await api.readCode(text);
      const [spoken] = protocols;
      const protocol = spoken === undefined || protocols.includes(draft.protocol) ? draft.protocol : spoken;
      setDoubted(doubt === null ? undefined : nativeId);
      if (doubt !== null) onDoubt(nativeId);
      onChange({ ...draft, nativeId, protocol });
    });
  return (
    <div className="grid gap-2">
      <TextField
        label={t('devices.nativeId')}
        hint={t('devices.codeHint')}
        required
        maxLength={64}
        autoComplete="off"
        value={draft.nativeId}
        onChange={(event) => onChange({ ...draft, nativeId: event.target.value })}
      />
      <ScanButton onText={(text) => void read(text)} />
      {submission.error && <Notice tone="warn" icon="alert" title={submission.error} live />}
      {doubted !== undefined && doubted === draft.nativeId && (
        <Notice tone="warn" icon="alert" title={t('devices.codeDoubt')} live />
      )}
    </div>
  );
}

/** The model, from the catalogue or as it stands on the device; a known one brings its language. */
export function ModelField({ draft, onChange, models }: FieldsProps & { models: readonly CatalogueModel[] }) {
  const { t } = useDisplay();
  const list = useId();
  const known = models.find(({ model, vendor }) => model === draft.model && vendor === draft.vendor);
  const [text, setText] = useState(known ? modelName(known) : '');
  return (
    <div className="grid gap-2">
      <TextField
        label={t('devices.model')}
        optional={t('common.optional')}
        hint={t('devices.modelHint')}
        maxLength={64}
        autoComplete="off"
        list={list}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(withModel(draft, event.target.value, models));
        }}
      />
      <datalist id={list}>
        {[...new Set(models.map(modelName))].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {known && <ModelFacts model={known} />}
    </div>
  );
}

export function LanguageFields({
  draft,
  onChange,
  languages,
}: FieldsProps & { languages: readonly Language[] }) {
  const { t, locale } = useDisplay();
  const language = languages.find(({ name }) => name === draft.protocol);
  const title = ({ title, name }: Language) => `${locale === 'en' ? title.en : title.zh}（${name}）`;
  return (
    <>
      <SelectField
        label={t('devices.protocol')}
        value={draft.protocol}
        onChange={(protocol) => onChange({ ...draft, protocol, isHub: false })}
        choices={[
          ...(language ? [] : [{ value: '', label: t('devices.chooseProtocol') }]),
          ...languages.map((one) => ({ value: one.name, label: title(one) })),
        ]}
      />
      {language?.isGateway && language.isOpen && (
        <ChoiceField
          label={t('devices.what')}
          value={draft.isHub ? 'hub' : 'device'}
          onChange={(value) => onChange({ ...draft, isHub: value === 'hub', subjectId: '' })}
          choices={[
            { value: 'device', label: t('devices.isDevice') },
            { value: 'hub', label: t('devices.isHub') },
          ]}
        />
      )}
      {hasPrefix(draft, language) && (
        <TextField
          label={t('devices.topicPrefix')}
          optional={t('common.optional')}
          hint={t('devices.topicPrefixHint', { prefix: defaultPrefix(draft, language) })}
          maxLength={128}
          pattern="\/?[^+#\/\s]+(\/[^+#\/\s]+)*"
          value={draft.topicPrefix}
          onChange={(event) => onChange({ ...draft, topicPrefix: event.target.value })}
        />
      )}
    </>
  );
}
