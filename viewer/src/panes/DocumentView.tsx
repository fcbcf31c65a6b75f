import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../shell/states.tsx';
import { tag, text } from './study/dicomJson.ts';
import { instancePath, type DisplaySet } from './study/displaySets.ts';
import { KeyObjectsView } from './KeyObjectsView.tsx';
import type { ReferencedImage, ReferencedObject } from './study/keyObjects.ts';
import { contentLines } from './study/structuredReport.ts';

/** Encapsulated PDF, structured report, key object selection; what cannot be shown says so. */
export function DocumentView({
  set,
  onShow,
  onTake,
}: {
  set: DisplaySet;
  onShow?: ((image: ReferencedObject) => boolean) | undefined;
  onTake?: ((images: readonly ReferencedImage[]) => void) | undefined;
}) {
  const { t } = useTranslation('imaging');
  const instance = set.instances[0] ?? {};
  if (set.kind === 'pdf')
    return (
      <PdfView
        source={`${instancePath(instance)}/rendered`}
        title={text(instance, tag.documentTitle) || set.description}
      />
    );
  if (set.kind === 'key-objects') return <KeyObjectsView set={set} onShow={onShow} onTake={onTake} />;
  if (set.kind === 'sr') {
    return (
      <div className="hub-document">
        <h3>{set.description || t(`kinds.${set.kind}`)}</h3>
        {contentLines(instance).map((line, index) => (
          <p key={index} style={{ paddingLeft: line.depth * 16 }}>
            {line.name && <b>{line.name}</b>} {line.value}
            {line.image && <ImageLink image={line.image} onShow={onShow} />}
          </p>
        ))}
      </div>
    );
  }
  return <Empty text={t('cannotShow', { uid: text(instance, tag.sopClassUid) })} />;
}

/** Leads to the image that a line of a report points at; says so where that is not among the open ones. */
function ImageLink({
  image,
  onShow,
}: {
  image: ReferencedObject;
  onShow: ((image: ReferencedObject) => boolean) | undefined;
}) {
  const { t } = useTranslation('imaging');
  const [absent, setAbsent] = useState(false);
  if (absent || !onShow)
    return <span className="hub-quiet">{t(absent ? 'imageNotOpen' : 'referencedImage')}</span>;
  return (
    <Button size="small" type="link" title={image.sopInstanceUid} onClick={() => setAbsent(!onShow(image))}>
      {t('referencedImage')}
    </Button>
  );
}

function PdfView({ source, title }: { source: string; title: string }) {
  const { t } = useTranslation('imaging');
  const [url, setUrl] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    let made = '';
    fetch(source, { headers: { accept: 'application/pdf' }, credentials: 'same-origin', signal: stop.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status));
        made = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: 'application/pdf' }));
        setUrl(made);
      })
      .catch(() => !stop.signal.aborted && setFailed(true));
    return () => {
      stop.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [source]);
  if (failed) return <Empty text={t('documentFailed')} />;
  return url ? <iframe className="hub-document" title={title} src={url} /> : <Empty text={t('loading')} />;
}
