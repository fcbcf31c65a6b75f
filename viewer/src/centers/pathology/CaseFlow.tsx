import { Button, Dropdown, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { GlassTag } from './GlassTag.tsx';
import { GrossForm } from './GrossForm.tsx';
import { openLabels, type LabelKind } from './labels.ts';
import { CancelStain } from './CancelStain.tsx';
import { PhotoStrip } from './PhotoStrip.tsx';
import { ReadStain } from './ReadStain.tsx';
import { ReceptionForm } from './ReceptionForm.tsx';
import { resultWords } from './resultWords.ts';
import { StainForm } from './StainForm.tsx';
import type { Block, CaseFacts, Specimen } from './types.ts';
import { useAct } from './useAct.ts';

interface Props {
  order: Order;
  facts: CaseFacts;
  reload: () => void;
}

/** What was measured of a specimen; what was not is said so. */
function useFixationWords() {
  const { t } = useTranslation('pathology');
  return ({ fixationStartedAt, coldIschaemiaMinutes }: Specimen) =>
    `${fixationStartedAt ? t('flow.fixedAt', { at: dateTime(fixationStartedAt) }) : t('flow.fixationUnknown')} · ${
      coldIschaemiaMinutes === null
        ? t('flow.ischaemiaUnknown')
        : t('flow.ischaemia', { minutes: coldIschaemiaMinutes })
    }`;
}

/** Specimens, jars, blocks, glass slides and stain orders of a case, with what can be done next. */
export function CaseFlow({ order, facts, reload }: Props) {
  const { t } = useTranslation('pathology');
  const words = useFixationWords();
  const { act, busy } = useAct(reload);
  const [form, setForm] = useState<'reception' | 'gross' | 'stain' | null>(null);
  const atCenter = order.atCenter === true;
  const waiting = ['requested', 'acquired', 'awaiting-decision', 'returned'].includes(order.status);
  const inWork = ['received', 'claimed', 'preliminary', 'partial'].includes(order.status);
  const signed = ['final', 'acknowledged', 'corrected'].includes(order.status);
  const smear = (specimen: string) =>
    act(() =>
      post(`/api/pathology/cases/${order.id}/smears`, {
        specimen,
        stain: facts.kind === 'cytology' ? '巴氏' : 'HE',
      }),
    );
  const earlier = facts.grossVersions.slice(0, -1);
  const close = () => setForm(null);
  /** something was ordered on the block that is not cut yet */
  const toCut = ({ label }: Block) =>
    facts.stains.some(
      ({ block, state, kind }) => block === label && state === 'ordered' && kind !== 'decalcification',
    );
  const step = (name: string, barcodes: string[]) =>
    act(() => post('/api/pathology/steps', { step: name, barcodes }));
  const place = ({ place: where, holder }: { place: string | null; holder: string | null }) =>
    [where, holder].filter(Boolean).join(' · ');
  return (
    <div className="path-flow">
      <div className="hub-row">
        <strong className="hub-num">{facts.pathologyNumber ?? t('flow.noNumber')}</strong>
        <Tag>{t(`stage.${facts.stage}`)}</Tag>
        {facts.conditional && <Tag color="warning">{t('flow.conditional')}</Tag>}
        <span className="hub-grow" />
        {atCenter && waiting && (
          <Button type="primary" onClick={() => setForm('reception')}>
            {t('flow.receive')}
          </Button>
        )}
        {atCenter && inWork && facts.kind !== 'cytology' && (
          <Button onClick={() => setForm('gross')}>
            {t(facts.kind === 'consultation' ? 'flow.registerBlocks' : 'flow.gross')}
          </Button>
        )}
        {atCenter && (inWork || signed) && facts.blocks.length > 0 && (
          <Button onClick={() => setForm('stain')}>{t('flow.orderStain')}</Button>
        )}
        <Dropdown
          trigger={['click']}
          menu={{
            items: (['containers', 'blocks', 'slides'] as const).map((what) => ({
              key: what,
              label: t(`labels.${what}`),
              disabled:
                (what === 'blocks' && facts.blocks.length === 0) ||
                (what === 'slides' && facts.glass.length === 0),
            })),
            onClick: ({ key }) => openLabels(key as LabelKind, { orderId: order.id }),
          }}
        >
          <Button>{t('labels.print')}</Button>
        </Dropdown>
        {atCenter && inWork && facts.kind !== 'histology' && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: facts.specimens.map(({ letter, site }) => ({ key: letter, label: `${letter} ${site}` })),
              onClick: ({ key }) => void smear(key),
            }}
          >
            <Button loading={busy}>
              {t(facts.kind === 'consultation' ? 'flow.registerSlide' : 'flow.addSlide')}
            </Button>
          </Dropdown>
        )}
      </div>
      {form === 'reception' && <ReceptionForm order={order} facts={facts} close={close} reload={reload} />}
      {form === 'gross' && <GrossForm order={order} facts={facts} close={close} reload={reload} />}
      {form === 'stain' && <StainForm order={order} facts={facts} close={close} reload={reload} />}

      {Object.keys(facts.clinical).length > 0 && (
        <dl className="path-clinical">
          {Object.entries(facts.clinical).map(([field, words]) => (
            <div key={field}>
              <dt>{t(`clinical.${field}`)}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      )}
      <section>
        <h3>{t('flow.specimens')}</h3>
        <table>
          <thead>
            <tr>
              <th>{t('flow.specimen')}</th>
              <th>{t('flow.fixation')}</th>
              <th>{t('flow.jars')}</th>
            </tr>
          </thead>
          <tbody>
            {facts.specimens.map((specimen) => (
              <tr key={specimen.id}>
                <td>
                  <strong>{specimen.letter}</strong> {t(`laterality.${specimen.laterality}`)}
                  {specimen.site} <span className="hub-quiet">{specimen.procedure}</span>
                </td>
                <td>{facts.kind === 'consultation' ? '' : words(specimen)}</td>
                <td>
                  {facts.containers
                    .filter(({ specimenId }) => specimenId === specimen.id)
                    .map((jar) => (
                      <div key={jar.id} className="hub-num">
                        {jar.barcode} {t(`jar.${jar.state}`)} <span className="hub-quiet">{place(jar)}</span>
                      </div>
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {facts.receptions.map(({ at, outcome, reasons, note, by }) => (
          <p key={at} className="hub-quiet">
            {dateTime(at)} {by} {t(`outcome.${outcome}`)}{' '}
            {reasons.map((reason) => t(`reason.${reason}`)).join('、')} {note}
          </p>
        ))}
      </section>
      {facts.grossDescription && (
        <section>
          <h3>{t('report.gross')}</h3>
          <p className="hub-prewrap">{facts.grossDescription}</p>
          {earlier.length > 0 && (
            <details className="hub-quiet">
              <summary>{t('flow.earlierGross', { count: earlier.length })}</summary>
              {earlier.map(({ id, description, at, by }) => (
                <p key={id} className="hub-prewrap">
                  {dateTime(at)} {by}
                  {'\n'}
                  {description}
                </p>
              ))}
            </details>
          )}
        </section>
      )}
      <PhotoStrip orderId={order.id} facts={facts} canAdd={atCenter && inWork} reload={reload} />
      {facts.blocks.length > 0 && (
        <section>
          <h3>{t('flow.blocks')}</h3>
          <table>
            <thead>
              <tr>
                <th>{t('flow.block')}</th>
                <th>{t('flow.tissue')}</th>
                <th>{t('flow.state')}</th>
                <th>{t('flow.slides')}</th>
              </tr>
            </thead>
            <tbody>
              {facts.blocks.map((block) => (
                <tr key={block.id}>
                  <td className="hub-num">
                    <strong>{block.label}</strong> <span className="hub-quiet">{block.barcode}</span>
                  </td>
                  <td>
                    {block.tissue}
                    {(block.pieces ?? 1) > 1 && ` × ${block.pieces}`}
                    {block.decalcified && ` · ${t('flow.decalcified')}`}
                  </td>
                  <td>
                    {t(`blockState.${block.state}`)} <span className="hub-quiet">{place(block)}</span>{' '}
                    {atCenter && block.state === 'grossed' && (
                      <Button size="small" loading={busy} onClick={() => void step('embed', [block.barcode])}>
                        {t('flow.embed')}
                      </Button>
                    )}
                    {atCenter && (block.state === 'embedded' || (block.state === 'cut' && toCut(block))) && (
                      <Button size="small" loading={busy} onClick={() => void step('cut', [block.barcode])}>
                        {t('flow.cut')}
                      </Button>
                    )}
                  </td>
                  <td>
                    {facts.glass
                      .filter(({ blockId }) => blockId === block.id)
                      .map((slide) => (
                        <GlassTag key={slide.id} slide={slide} canGrade={atCenter} act={act} />
                      ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {facts.glass.some(({ blockId }) => blockId === null) && (
        <section>
          <h3>{t(facts.kind === 'consultation' ? 'flow.outsideSlides' : 'flow.smears')}</h3>
          {facts.glass
            .filter(({ blockId }) => blockId === null)
            .map((slide) => (
              <GlassTag key={slide.id} slide={slide} canGrade={atCenter} act={act} />
            ))}
        </section>
      )}
      {facts.stains.length > 0 && (
        <section>
          <h3>{t('flow.stains')}</h3>
          <table>
            <tbody>
              {facts.stains.map((stain) => (
                <tr key={stain.id}>
                  <td>
                    {t(`stainKind.${stain.kind}`)} <strong>{stain.stain}</strong> {stain.block}
                  </td>
                  <td>{t(`stainState.${stain.state}`)}</td>
                  <td className="hub-num">
                    {stain.dueAt ? t('flow.due', { at: dateTime(stain.dueAt) }) : ''}
                  </td>
                  <td>
                    {atCenter && ['ordered', 'cut', 'stained'].includes(stain.state) && (
                      <CancelStain id={stain.id} stain={stain.stain} act={act} />
                    )}
                    {atCenter && (stain.state === 'stained' || stain.state === 'cut') && (
                      <ReadStain stain={stain} act={act} />
                    )}
                    {stain.result && (
                      <>
                        <strong>{resultWords(stain.result)}</strong>{' '}
                        <span className="hub-quiet">{stain.readBy}</span>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
