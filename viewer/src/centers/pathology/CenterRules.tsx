import { useQuery } from '@tanstack/react-query';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, put } from '../../api/client.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useAct } from './useAct.ts';

interface Rules {
  secondReaderWords: string[];
  extensionDays: Record<string, number>;
}

/** What the head of the centre sets: diagnoses that need a second reader, days by which orders extend the due day. */
export function CenterRules() {
  const { t } = useTranslation(['pathology', 'shell']);
  const rules = useQuery({
    queryKey: ['pathology', 'settings'],
    queryFn: () => get<Rules>('/api/pathology/settings'),
  });
  const [changed, setChanged] = useState<Partial<Rules>>({});
  const { act, busy } = useAct(() => {
    setChanged({});
    void rules.refetch();
  });
  if (rules.isPending) return <Loading />;
  if (rules.isError) return <Failed error={rules.error} retry={() => void rules.refetch()} />;
  const { secondReaderWords, extensionDays } = { ...rules.data, ...changed };
  return (
    <section className="path-form" aria-label={t('rules.title')}>
      <h3>{t('rules.title')}</h3>
      <label htmlFor="second-reader-words">{t('rules.secondReader')}</label>
      <Select
        id="second-reader-words"
        mode="tags"
        open={false}
        suffixIcon={null}
        tokenSeparators={['，', ',', '、']}
        value={secondReaderWords}
        onChange={(words: string[]) => setChanged({ ...changed, secondReaderWords: words })}
      />
      <span>{t('rules.extensions')}</span>
      <div className="hub-row">
        {Object.entries(extensionDays).map(([kind, days]) => (
          <label key={kind}>
            {t(`stainKind.${kind}`)}{' '}
            <InputNumber
              size="small"
              style={{ width: 84 }}
              min={0}
              max={60}
              precision={0}
              value={days}
              suffix={t('rules.days')}
              onChange={(next) =>
                setChanged({ ...changed, extensionDays: { ...extensionDays, [kind]: next ?? 0 } })
              }
            />
          </label>
        ))}
        <span className="hub-grow" />
        <Button
          type="primary"
          loading={busy}
          disabled={Object.keys(changed).length === 0}
          onClick={() =>
            void act(
              () => put('/api/pathology/settings', { secondReaderWords, extensionDays }),
              t('rules.saved'),
            )
          }
        >
          {t('rules.save')}
        </Button>
      </div>
    </section>
  );
}
