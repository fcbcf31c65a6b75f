import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { useDraft } from '../../shell/useDraft.ts';
import type { CaseFacts } from './types.ts';
import { useAct } from './useAct.ts';

interface NewBlock {
  specimen: string;
  tissue: string;
  pieces: number;
}

/** Dictation templates: what the describer changes rather than writes. */
const templates: Record<string, string> = {
  biopsy: '灰白组织 _ 粒，直径 _–_ cm，全取。',
  resection:
    '_切除标本一件，大小 _ cm × _ cm × _ cm。距_切缘 _ cm 见一_型肿物，大小 _ cm × _ cm × _ cm，切面_色、质_，侵达_。周围检出淋巴结 _ 枚。',
  gallbladder: '胆囊一个，长 _ cm，周径 _ cm，壁厚 _ cm，黏膜面_，腔内见结石 _ 枚。',
};

/** Macroscopic description and block map. What is typed stays on this machine until the hub has it. */
export function GrossForm({
  order,
  facts,
  close,
  reload,
}: {
  order: Order;
  facts: CaseFacts;
  close: () => void;
  reload: () => void;
}) {
  const { t } = useTranslation(['pathology', 'shell']);
  const draft = useDraft<{ description: string; blocks: NewBlock[] }>(`gross.${order.id}`);
  const kept = draft.read()?.value;
  const [description, setDescription] = useState(kept?.description ?? facts.grossDescription ?? '');
  const [blocks, setBlocks] = useState<NewBlock[]>(
    kept?.blocks ?? (facts.blocks.length === 0 ? [{ specimen: 'A', tissue: '', pieces: 1 }] : []),
  );
  const keep = (next: { description?: string; blocks?: NewBlock[] }) => {
    if (next.description !== undefined) setDescription(next.description);
    if (next.blocks) setBlocks(next.blocks);
    draft.keep({ description, blocks, ...next });
  };
  const { act, busy } = useAct(() => {
    draft.drop();
    close();
    reload();
  });
  const change = (at: number, part: Partial<NewBlock>) =>
    keep({ blocks: blocks.map((block, n) => (n === at ? { ...block, ...part } : block)) });
  return (
    <section className="hub-panel path-form" aria-label={t('flow.gross')}>
      <div className="hub-row">
        {Object.entries(templates).map(([key, text]) => (
          <Button
            key={key}
            size="small"
            onClick={() => keep({ description: description ? `${description}\n${text}` : text })}
          >
            {t(`grossTemplate.${key}`)}
          </Button>
        ))}
      </div>
      <Input.TextArea
        value={description}
        autoSize={{ minRows: 4, maxRows: 12 }}
        aria-label={t('report.gross')}
        onChange={(event) => keep({ description: event.target.value })}
      />
      {blocks.map((block, n) => (
        <div className="hub-row" key={n}>
          <Select
            size="small"
            style={{ width: 70 }}
            aria-label={t('flow.specimen')}
            value={block.specimen}
            options={facts.specimens.map(({ letter }) => ({ value: letter, label: letter }))}
            onChange={(specimen: string) => change(n, { specimen })}
          />
          <Input
            size="small"
            value={block.tissue}
            maxLength={100}
            placeholder={t('flow.tissue')}
            aria-label={t('flow.tissue')}
            onChange={(event) => change(n, { tissue: event.target.value })}
          />
          <InputNumber
            size="small"
            min={1}
            max={99}
            value={block.pieces}
            aria-label={t('flow.pieces')}
            onChange={(pieces) => change(n, { pieces: pieces ?? 1 })}
          />
          <Button
            size="small"
            type="text"
            aria-label={t('flow.removeBlock')}
            onClick={() => keep({ blocks: blocks.filter((_each, at) => at !== n) })}
          >
            ×
          </Button>
        </div>
      ))}
      <div className="hub-row">
        <Button
          size="small"
          onClick={() =>
            keep({ blocks: [...blocks, { specimen: blocks.at(-1)?.specimen ?? 'A', tissue: '', pieces: 1 }] })
          }
        >
          {t('flow.addBlock')}
        </Button>
        <span className="hub-grow" />
        <Button
          type="primary"
          loading={busy}
          disabled={!description.trim() || blocks.some(({ tissue }) => !tissue.trim())}
          onClick={() =>
            void act(
              () => post(`/api/pathology/cases/${order.id}/gross`, { description, blocks }),
              t('flow.grossed'),
            )
          }
        >
          {t('flow.saveGross')}
        </Button>
        <Button onClick={close}>{t('shell:action.cancel')}</Button>
      </div>
    </section>
  );
}
