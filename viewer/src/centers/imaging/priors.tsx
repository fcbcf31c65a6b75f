import { HistoryOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateOnly } from '../../shell/format.ts';

/** An earlier examination of the same patient, anywhere in the county. */
export interface Prior {
  orderId: string;
  studyUid: string;
  date: string;
  item: string;
  institutionName: string;
  modality: string | null;
  bodyPart: string | null;
  impression: string | null;
}

export interface PriorAnswer {
  items: {
    orderId: string;
    studyInstanceUid: string;
    performedAt?: string | null;
    createdAt?: string | null;
    itemName: string;
    institutionName: string;
    modality?: string | null;
    bodyPart?: string | null;
    impression?: string | null;
  }[];
}

/** Same region and modality first, then the newest. */
export function priorsOf(answer: PriorAnswer, order: Pick<Order, 'bodyPart' | 'modality'>): Prior[] {
  const score = (each: Prior) =>
    (each.bodyPart && each.bodyPart === order.bodyPart ? 2 : 0) +
    (each.modality && each.modality === order.modality ? 1 : 0);
  return answer.items
    .map((each): Prior => ({
      orderId: each.orderId,
      studyUid: each.studyInstanceUid,
      date: dateOnly(each.performedAt ?? each.createdAt),
      item: each.itemName,
      institutionName: each.institutionName,
      modality: each.modality ?? null,
      bodyPart: each.bodyPart ?? null,
      impression: each.impression ?? null,
    }))
    .sort((a, b) => score(b) - score(a) || b.date.localeCompare(a.date));
}

/** The prior to compare with: of the same region, by the same modality where there is one. */
export const sameRegion = (priors: readonly Prior[], order: Pick<Order, 'bodyPart'>): Prior | undefined =>
  priors.find((each) => each.bodyPart !== null && each.bodyPart === order.bodyPart);

/** Undefined until the hub has said which there are. */
export function usePriors(order: Order): Prior[] | undefined {
  const list = useQuery({
    queryKey: ['imaging', 'priors', order.id],
    queryFn: () => get<PriorAnswer>(`/api/imaging/orders/${order.id}/priors`),
    retry: false,
    staleTime: 60_000,
  });
  return useMemo(() => list.data && priorsOf(list.data, order), [list.data, order]);
}

export function PriorMenu({
  priors,
  chosen,
  onChoose,
}: {
  priors: Prior[];
  chosen: string | null;
  onChoose: (prior: Prior | null) => void;
}) {
  const { t } = useTranslation('imaging');
  if (priors.length === 0) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: chosen ? [chosen] : [],
        items: [
          ...priors.map((each) => ({
            key: each.studyUid,
            label: (
              <span className="hub-prior">
                <b>{each.date}</b> {each.item} <span className="hub-quiet">{each.institutionName}</span>
                {each.impression && <small>{each.impression.slice(0, 60)}</small>}
              </span>
            ),
          })),
          ...(chosen ? [{ type: 'divider' as const }, { key: '', label: t('closePrior') }] : []),
        ],
        onClick: ({ key }) => onChoose(priors.find((each) => each.studyUid === key) ?? null),
      }}
    >
      <Button size="small" type={chosen ? 'primary' : 'default'} icon={<HistoryOutlined />}>
        {t('priors', { n: priors.length })}
      </Button>
    </Dropdown>
  );
}
