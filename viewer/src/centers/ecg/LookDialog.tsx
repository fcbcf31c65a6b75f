import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../shell/states.tsx';
import { useRecording } from './api.ts';
import './ecg.css';
import { PaperTab } from './paper/PaperTab.tsx';
import { PicturePane } from './paper/PicturePane.tsx';
import { StripPane } from './strip/StripPane.tsx';
import { TechniqueLine } from './TechniqueLine.tsx';
import type { Recording } from './types.ts';

/** A recording that belongs to no order: who decides about it looks at it first. */
export function LookDialog({
  recordingId,
  says,
  close,
}: {
  recordingId: string;
  says: string;
  close: () => void;
}) {
  const { t } = useTranslation(['ecg', 'shell']);
  const recording = useRecording(recordingId);
  return (
    <Modal
      open
      title={`${t('ecg:unmatched.look')} · ${says}`}
      onCancel={close}
      footer={null}
      width="min(1280px, 96vw)"
      centered
    >
      {recording.isError ? (
        <Failed error={recording.error} retry={() => void recording.refetch()} />
      ) : recording.data ? (
        <div className="ecg-look">
          <Looked recording={recording.data} />
          <TechniqueLine recording={recording.data} />
        </div>
      ) : (
        <Loading rows={10} />
      )}
    </Modal>
  );
}

function Looked({ recording }: { recording: Recording }) {
  const [atMs, setAtMs] = useState(0);
  if (recording.picture) return <PicturePane recording={recording} />;
  return recording.durationMs > 60_000 ? (
    <StripPane recording={recording} atMs={atMs} setAtMs={setAtMs} />
  ) : (
    <PaperTab recording={recording} />
  );
}
