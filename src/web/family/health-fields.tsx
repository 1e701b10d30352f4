import { useDisplay } from '../i18n/language.tsx';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { knownTraits, type WearerDraft, type WearerProblem } from './wearer-draft.ts';

interface PartProps {
  draft: WearerDraft;
  set: (patch: Partial<WearerDraft>) => void;
  problem: WearerProblem | undefined;
}

/** What is known of her and alarms go by: those that shipped rules ask for to be ticked, others in one's own words. */
export function HealthFields({ draft, set, problem }: PartProps) {
  const { t } = useDisplay();
  const { traits } = draft;
  return (
    <>
      <fieldset className="grid min-w-0 gap-1">
        <legend className="mb-1 text-small font-semibold">{t('wearer.traits')}</legend>
        <p className="text-fine text-muted">{t('wearer.traitsHint')}</p>
        <div className="grid grid-cols-2 gap-x-3 large:grid-cols-1">
          {knownTraits.map((trait) => (
            <CheckField
              key={trait}
              label={t(`trait.${trait}`)}
              checked={traits.includes(trait)}
              onChange={(is) =>
                set({ traits: is ? [...traits, trait] : traits.filter((one) => one !== trait) })
              }
            />
          ))}
        </div>
      </fieldset>
      <TextField
        label={t('wearer.otherTraits')}
        optional={t('common.optional')}
        hint={t('wearer.otherTraitsHint')}
        autoComplete="off"
        value={draft.otherTraits}
        onChange={(event) => set({ otherTraits: event.target.value })}
        error={problem === 'traits' ? t('wearer.tooManyTraits') : undefined}
      />
    </>
  );
}

const RADII = ['100', '200', '300', '500', '1000', '2000'];

/** Whether somebody wants to be told when she leaves home, and from how far away. */
export function WatchHomeFields({ draft, set, problem }: PartProps) {
  const { t } = useDisplay();
  const own = draft.homeRadius;
  const radii = own === '' || RADII.includes(own) ? RADII : [...RADII, own];
  return (
    <div className="grid gap-2">
      <CheckField
        label={t('wearer.watchHome')}
        checked={draft.watchHome}
        onChange={(watchHome) => set({ watchHome })}
      />
      <p className="text-fine text-muted">{t('wearer.watchHomeHint')}</p>
      {problem === 'watchHome' && (
        <p role="alert" className="text-small font-medium text-danger">
          {t('wearer.watchHomeNeedsPoint')}
        </p>
      )}
      {draft.watchHome && (
        <SelectField
          label={t('wearer.homeRadius')}
          value={own}
          onChange={(homeRadius) => set({ homeRadius })}
          choices={[
            { value: '', label: t('wearer.homeRadiusDefault') },
            ...radii.map((value) => ({ value, label: t('wearer.metres', { count: value }) })),
          ]}
        />
      )}
    </div>
  );
}
