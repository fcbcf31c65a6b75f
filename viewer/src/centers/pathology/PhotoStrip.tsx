import { App, Button, Image, Input, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import type { CaseFacts } from './types.ts';

interface Props {
  orderId: string;
  facts: CaseFacts;
  canAdd: boolean;
  reload: () => void;
}

/** Macroscopic photographs: taken with the camera of the grossing bench or a phone, shown large on a click. */
export function PhotoStrip({ orderId, facts, canAdd, reload }: Props) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const [specimen, setSpecimen] = useState(facts.specimens[0]?.letter ?? 'A');
  const [caption, setCaption] = useState('');
  const [left, setLeft] = useState(0);
  if (!canAdd && facts.photos.length === 0) return null;
  const send = async (files: File[]) => {
    setLeft(files.length);
    for (const file of files) {
      try {
        await call(
          'POST',
          `/api/pathology/cases/${orderId}/photos${query({ specimen, caption: caption.trim() })}`,
          {
            headers: { 'content-type': file.type || 'application/octet-stream' },
            body: file,
          },
        );
      } catch (error) {
        void message.error(`${file.name}: ${errorText(error, t)}`);
      }
      setLeft((count) => count - 1);
    }
    setCaption('');
    reload();
  };
  const letterOf = (specimenId: string | null) => facts.specimens.find(({ id }) => id === specimenId)?.letter;
  return (
    <section aria-label={t('photo.title')}>
      <h3>{t('photo.title')}</h3>
      {canAdd && (
        <div className="hub-row">
          <Select
            size="small"
            style={{ width: 70 }}
            aria-label={t('flow.specimen')}
            value={specimen}
            options={facts.specimens.map(({ letter }) => ({ value: letter, label: letter }))}
            onChange={setSpecimen}
          />
          <Input
            size="small"
            style={{ maxWidth: 240 }}
            value={caption}
            maxLength={200}
            aria-label={t('photo.caption')}
            placeholder={t('photo.caption')}
            onChange={(event) => setCaption(event.target.value)}
          />
          <Button size="small" loading={left > 0} onClick={() => input.current?.click()}>
            {left > 0 ? t('photo.sending', { count: left }) : t('photo.add')}
          </Button>
          <input
            ref={input}
            type="file"
            hidden
            multiple
            accept="image/jpeg,image/png,image/webp"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              if (files.length > 0) void send(files);
            }}
          />
        </div>
      )}
      {facts.photos.length === 0 && <p className="hub-quiet">{t('photo.empty')}</p>}
      <Image.PreviewGroup>
        <div className="path-photos">
          {facts.photos.map((photo) => (
            <figure key={photo.id}>
              <Image
                src={`/api/pathology/photos/${photo.id}`}
                alt={photo.caption ?? t('photo.title')}
                width={132}
                height={92}
                style={{ objectFit: 'cover' }}
              />
              <figcaption>
                {letterOf(photo.specimenId)} {photo.caption ?? dateTime(photo.at)}
              </figcaption>
            </figure>
          ))}
        </div>
      </Image.PreviewGroup>
    </section>
  );
}
