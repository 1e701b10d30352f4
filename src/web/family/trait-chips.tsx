import { useDisplay } from '../i18n/language.tsx';
import { Badge } from '../ui/surface.tsx';

/** What is known of a wearer, each in its word or as somebody wrote it. */
export function TraitChips({ traits }: { traits: readonly string[] }) {
  const { t, word } = useDisplay();
  if (traits.length === 0) return null;
  return (
    <ul aria-label={t('wearer.traits')} className="flex flex-wrap gap-1.5">
      {traits.map((trait) => (
        <li key={trait}>
          <Badge tone="warn" icon="heart">
            {word('trait', trait)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
