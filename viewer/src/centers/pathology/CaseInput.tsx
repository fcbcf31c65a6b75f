import { Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../shell/states.tsx';
import { OrderFacts } from '../../shell/order/OrderFacts.tsx';
import type { CasePaneProps } from '../contract.ts';
import { CaseFlow } from './CaseFlow.tsx';
import { FrozenPane } from './FrozenPane.tsx';
import { OpinionsPane } from './OpinionsPane.tsx';
import './pathology.css';
import type { CaseFacts } from './types.ts';
import { factsOf } from './types.ts';
import { SlideRoom } from './slide/SlideRoom.tsx';
import { SlideUpload } from './SlideUpload.tsx';

/** `A1-1 HE`: block, slide and stain of a slide image. */
export function slideTitle(facts: CaseFacts, image: CaseFacts['images'][number]): string {
  const glass = facts.glass.find(({ id }) => id === image.pathologySlideId);
  return [glass?.label, image.stain ?? glass?.stain].filter(Boolean).join(' ') || image.id.slice(-6);
}

/** Left half of a pathology case: slides, specimens and blocks, frozen section, opinions. */
export default function CaseInput({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('pathology');
  const facts = factsOf(order);
  const ready = facts?.images.filter(({ state }) => state === 'ready') ?? [];
  const [tab, setTab] = useState(() => (ready.length > 0 ? 'slides' : 'flow'));
  if (!facts) return <OrderFacts order={order} />;
  const atCenter = order.atCenter === true;
  const slides = ready.map((image) => ({
    id: image.id,
    title: slideTitle(facts, image),
    known: facts.firstSlides.find(({ id }) => id === image.id),
  }));
  return (
    <Tabs
      className="path-case"
      size="small"
      activeKey={tab}
      onChange={setTab}
      tabBarExtraContent={
        <span className="hub-row">
          {facts.pathologyNumber && <strong className="hub-num">{facts.pathologyNumber}</strong>}
          {atCenter && <SlideUpload orderId={order.id} glass={facts.glass} done={reload} />}
        </span>
      }
      items={[
        {
          key: 'slides',
          label: t('case.slides', { count: ready.length }),
          children:
            slides.length > 0 ? (
              <SlideRoom key={slides.length} slides={slides} canWrite={atCenter} onSnapshot={reload} />
            ) : (
              <Empty text={t('case.noSlides')} />
            ),
        },
        {
          key: 'flow',
          label: t('case.flow'),
          children: <CaseFlow order={order} facts={facts} reload={reload} />,
        },
        ...(facts.frozen
          ? [
              {
                key: 'frozen',
                label: t('case.frozen'),
                children: <FrozenPane order={order} facts={facts} reload={reload} />,
              },
            ]
          : []),
        ...(atCenter
          ? [
              {
                key: 'opinions',
                label: t('case.opinions', { count: facts.opinions.length }),
                children: <OpinionsPane order={order} facts={facts} reload={reload} />,
              },
            ]
          : []),
        { key: 'facts', label: t('case.request'), children: <OrderFacts order={order} /> },
      ]}
    />
  );
}
