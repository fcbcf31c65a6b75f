import { Button, Input, Modal } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { factsOf } from './types.ts';
import { useAct } from './useAct.ts';

interface Props {
  slide: { id: string; barcode: string | null };
  close: () => void;
  joined: () => void;
}

/** The case a number means: barcode of a glass slide, block or jar, 病理号, order number. */
async function caseOf(number: string): Promise<string | undefined> {
  const items = await get<{ items: { orderId: string }[] }>(
    `/api/pathology/items${query({ q: number, limit: 1 })}`,
  );
  if (items.items[0]) return items.items[0].orderId;
  const orders = await get<{ items: { id: string }[] }>(`/api/orders${query({ accessionNumber: number })}`);
  return orders.items[0]?.id;
}

/** A slide without a case: its label beside the patient of the case that the barcode proposes, or another one; a person decides. */
export function JoinSlide({ slide, close, joined }: Props) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { act, busy } = useAct(joined);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [order, setOrder] = useState<Order | null>(null);
  const [sought, setSought] = useState(false);
  const [label, setLabel] = useState(false);
  const show = useCallback(async (id: string | null | undefined) => {
    setOrder(id ? await get<Order>(`/api/orders/${id}`).catch(() => null) : null);
    setSought(true);
  }, []);
  useEffect(() => {
    let here = true;
    void get<{ proposedOrderId: string | null; associated: string[] }>(
      `/api/pathology/slides/${slide.id}`,
    ).then(({ proposedOrderId, associated }) => {
      if (!here) return;
      setLabel(associated.includes('label'));
      if (proposedOrderId) void show(proposedOrderId);
    });
    return () => {
      here = false;
    };
  }, [slide.id, show]);
  const find = () => caseOf(typed.trim()).then(show, () => show(null));
  const facts = order ? factsOf(order) : undefined;
  return (
    <Modal open title={t('slides.joinTitle')} footer={null} onCancel={close} width={640}>
      <div className="path-form">
        <p className="hub-num">
          {slide.barcode ? t('slides.read', { barcode: slide.barcode }) : t('slides.noBarcode')}
        </p>
        {label && (
          <img
            className="path-label"
            src={`/api/pathology/slides/${slide.id}/images/label`}
            alt={t('slide.label')}
          />
        )}
        <span className="hub-row">
          <Input
            value={typed}
            aria-label={t('slides.number')}
            placeholder={t('slides.number')}
            onChange={(event) => setTyped(event.target.value)}
            onPressEnter={() => typed.trim() && void find()}
          />
          <Button disabled={!typed.trim()} onClick={() => void find()}>
            {t('slides.find')}
          </Button>
        </span>
        {order && facts ? (
          <>
            <p>
              <strong>{order.patient?.name}</strong> {order.patient?.birthDate}{' '}
              <span className="hub-num">{facts.pathologyNumber ?? order.accessionNumber}</span>{' '}
              {facts.specimens.map(({ letter, site }) => `${letter} ${site}`).join('、')}
            </p>
            <Input
              value={reason}
              maxLength={500}
              aria-label={t('slides.reason')}
              placeholder={t('slides.reason')}
              onChange={(event) => setReason(event.target.value)}
            />
            <Button
              type="primary"
              loading={busy}
              onClick={() =>
                void act(
                  () =>
                    post(`/api/pathology/slides/${slide.id}/join`, {
                      orderId: order.id,
                      ...(reason.trim() && { reason: reason.trim() }),
                    }),
                  t('slides.joined'),
                )
              }
            >
              {t('slides.joinInto', { number: facts.pathologyNumber ?? order.accessionNumber })}
            </Button>
          </>
        ) : (
          sought && <p className="hub-tone-warn">{t('slides.nobody')}</p>
        )}
      </div>
    </Modal>
  );
}
