import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import type { SlideDescription } from '../types.ts';
import { useAct } from '../useAct.ts';

/** Puts the slide into the teaching collection with a note, or takes it out; name, label and case stay hidden there. */
export function TeachingMark({ slide }: { slide: SlideDescription }) {
  const { t } = useTranslation('pathology');
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const { act, busy } = useAct(() => {
    setOpen(false);
    setNote('');
    void client.invalidateQueries({ queryKey: ['pathology', 'slide', slide.id] });
    void client.invalidateQueries({ queryKey: ['pathology', 'slides'] });
  });
  const mark = (teaching: boolean) =>
    void act(
      () =>
        post(`/api/pathology/slides/${slide.id}/teaching`, {
          teaching,
          ...(teaching && note.trim() && { note: note.trim() }),
        }),
      t(teaching ? 'slide.teachingMarked' : 'slide.teachingUnmarked'),
    );
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={t('slide.teaching')}
      content={
        <div className="hub-row">
          {!slide.teaching && (
            <Input
              size="small"
              value={note}
              maxLength={500}
              placeholder={t('slide.teachingNote')}
              aria-label={t('slide.teachingNote')}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
          <Button size="small" type="primary" loading={busy} onClick={() => mark(!slide.teaching)}>
            {t(slide.teaching ? 'slide.teachingOff' : 'slide.teachingOn')}
          </Button>
        </div>
      }
    >
      <Button size="small" type={slide.teaching ? 'primary' : 'default'} aria-pressed={slide.teaching}>
        {t('slide.teaching')}
      </Button>
    </Popover>
  );
}
