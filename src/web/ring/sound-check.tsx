import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card } from '../ui/surface.tsx';
import { testSound, useSoundState } from './sound.ts';

/** The start of a shift: hear the ring once, which also lets this page ring later. `compact` is one line, for a desk. */
export function SoundCheck({ compact = false }: { compact?: boolean }) {
  const { t } = useDisplay();
  const state = useSoundState();
  const [tested, setTested] = useState(false);
  const test = () => {
    setTested(true);
    void testSound();
  };
  if (state === 'ready') {
    return (
      <div className="flex flex-wrap items-center justify-between gap-2 rounded-card bg-ok-soft py-1.5 pr-1.5 pl-4">
        <p className="flex items-center gap-2 text-small font-semibold text-ok" role="status">
          <Icon name="speaker" size={22} />
          {tested ? t('sound.tested') : t('sound.ready')}
        </p>
        <Button size="small" tone="plain" onClick={test}>
          {t('sound.again')}
        </Button>
      </div>
    );
  }
  const title = state === 'unavailable' ? t('sound.unavailable') : t('sound.locked');
  if (compact) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-2 rounded-card bg-warn-soft py-1.5 pr-1.5 pl-4">
        <p className="flex items-center gap-2 text-small font-semibold text-warn">
          <Icon name="bellOff" size={22} />
          {title}
        </p>
        {state === 'locked' && (
          <Button size="small" tone="action" icon="speaker" onClick={test}>
            {t('sound.test')}
          </Button>
        )}
      </div>
    );
  }
  return (
    <Card className="border-warn! bg-warn-soft!">
      <p className="flex items-center gap-2 text-lead font-bold text-warn">
        <Icon name="bellOff" />
        {title}
      </p>
      <p className="mt-1 mb-3 text-small">{t('sound.why')}</p>
      {state === 'locked' && (
        <Button tone="action" block icon="speaker" onClick={test}>
          {t('sound.test')}
        </Button>
      )}
    </Card>
  );
}
