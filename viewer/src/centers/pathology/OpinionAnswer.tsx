import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Opinion } from './types.ts';
import { useAct } from './useAct.ts';

/** The answer to a consultation: words and whether they agree; of another hospital, with its expert's name. */
export function OpinionAnswer({ opinion: asked, reload }: { opinion: Opinion; reload: () => void }) {
  const { t } = useTranslation('pathology');
  const { act, busy } = useAct(reload);
  const [opinion, setOpinion] = useState('');
  const [expert, setExpert] = useState('');
  const outside = asked.kind === 'outside';
  const ready = opinion.trim() !== '' && (!outside || expert.trim() !== '');
  const answer = (agrees: boolean) =>
    void act(
      () => post(`/api/pathology/opinions/${asked.id}`, { opinion, agrees, ...(outside && { expert }) }),
      t('opinion.given'),
    );
  return (
    <div className="path-form">
      {outside && (
        <Input
          value={expert}
          maxLength={100}
          aria-label={t('opinion.expert')}
          placeholder={t('opinion.expert')}
          onChange={(event) => setExpert(event.target.value)}
        />
      )}
      <Input.TextArea
        value={opinion}
        aria-label={t('opinion.opinion')}
        placeholder={t('opinion.opinion')}
        autoSize={{ minRows: 2 }}
        onChange={(event) => setOpinion(event.target.value)}
      />
      <div className="hub-row">
        <Button loading={busy} disabled={!ready} onClick={() => answer(true)}>
          {t('opinion.agrees')}
        </Button>
        <Button loading={busy} disabled={!ready} onClick={() => answer(false)}>
          {t('opinion.differs')}
        </Button>
      </div>
    </div>
  );
}
