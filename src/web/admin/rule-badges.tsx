import type { RuleRow } from '../../api/rule-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Badge, type BadgeTone } from '../ui/surface.tsx';

const tones: Readonly<Record<RuleRow['severity'], BadgeTone>> = {
  critical: 'danger',
  warning: 'warn',
  info: 'quiet',
};

/** How grave it is, what follows, and whether it is in force. */
export function RuleBadges({ rule }: { rule: RuleRow }) {
  const { t, word } = useDisplay();
  return (
    <>
      {rule.state !== 'running' && (
        <Badge tone={rule.state === 'removed' ? 'quiet' : 'action'}>{t(`ruleState.${rule.state}`)}</Badge>
      )}
      {rule.onTrial && rule.state !== 'trial' && <Badge tone="action">{t('rules.onTrial')}</Badge>}
      {rule.origin === 'page' && rule.state === 'running' && <Badge tone="quiet">{t('rules.onPage')}</Badge>}
      <Badge tone={tones[rule.severity]}>{t(`severity.${rule.severity}`)}</Badge>
      {rule.faultClass && <Badge tone="quiet">{word('faultClass', rule.faultClass)}</Badge>}
      <Badge tone={rule.consequence === 'incident' ? 'danger' : 'quiet'}>
        {t(`consequence.${rule.consequence}`)}
      </Badge>
    </>
  );
}
