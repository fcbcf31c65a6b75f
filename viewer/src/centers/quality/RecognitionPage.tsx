import { Button, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { has } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { PastPrompts } from './recognition/PastPrompts.tsx';
import { RecognitionCatalogue } from './recognition/RecognitionCatalogue.tsx';
import { RecognitionEvidence } from './recognition/RecognitionEvidence.tsx';
import { RecognitionFigures } from './recognition/RecognitionFigures.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

/** Recognition: figures with their prompts, who orders past them, catalogue and quality evidence. */
export default function RecognitionPage() {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const session = useSession();
  const [span, setSpan] = useSpan();
  const insider = has(session, 'quality', 'center-head');
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.recognition')}</h1>
        <span className="hub-grow" />
        <Button href="/recognition" target="_blank">
          {t('recognition.public')}
        </Button>
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      <Tabs
        size="small"
        items={[
          {
            key: 'figures',
            label: t('recognition.figures'),
            children: <RecognitionFigures span={span} insider={insider} />,
          },
          ...(insider
            ? [{ key: 'past', label: t('recognition.past'), children: <PastPrompts span={span} /> }]
            : []),
          { key: 'catalogue', label: t('recognitionCatalogue'), children: <RecognitionCatalogue /> },
          { key: 'evidence', label: t('recognition.evidence'), children: <RecognitionEvidence /> },
        ]}
      />
    </div>
  );
}
