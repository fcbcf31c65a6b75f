import { Button, Checkbox, Input, InputNumber, Select } from 'antd';
import { useRef, useState, type ComponentRef } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { useDraft } from '../../shell/useDraft.ts';
import type { GrossTemplate } from './grossTemplates.ts';
import { templatesFor } from './grossTemplates.ts';
import type { CaseFacts } from './types.ts';
import { useAct } from './useAct.ts';

interface NewBlock {
  specimen: string;
  tissue: string;
  pieces: number;
  decalcified?: boolean;
}

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
  /** the save was tried with a block whose tissue is not named */
  const [tried, setTried] = useState(false);
  const unnamed = blocks.some(({ tissue }) => !tissue.trim());
  const area = useRef<ComponentRef<typeof Input.TextArea>>(null);
  const { fitting, others } = templatesFor(
    facts.specimens.map(({ site, procedure }) => `${site} ${procedure ?? ''}`),
  );
  /** Puts the caret on the next blank, from where it stands, beginning again at the end. */
  const nextBlank = () => {
    const field = area.current?.resizableTextArea?.textArea;
    if (!field) return;
    const behind = field.value.indexOf('_', field.selectionEnd);
    const at = behind >= 0 ? behind : field.value.indexOf('_');
    if (at < 0) return;
    field.focus();
    field.setSelectionRange(at, at + 1);
  };
  const take = (template: GrossTemplate) => {
    const specimen = facts.specimens[0]?.letter ?? 'A';
    const untouched = blocks.every(({ tissue }) => !tissue.trim());
    keep({
      description: description ? `${description}\n${template.text}` : template.text,
      ...(untouched &&
        facts.blocks.length === 0 && {
          blocks: template.blocks.map((tissue) => ({ specimen, tissue, pieces: 1 })),
        }),
    });
  };
  const save = () => {
    setTried(true);
    if (!unnamed)
      void act(
        () => post(`/api/pathology/cases/${order.id}/gross`, { description, blocks }),
        t('flow.grossed'),
      );
  };
  const change = (at: number, part: Partial<NewBlock>) =>
    keep({ blocks: blocks.map((block, n) => (n === at ? { ...block, ...part } : block)) });
  return (
    <section className="hub-panel path-form" aria-label={t('flow.gross')}>
      <div className="hub-row" style={{ flexWrap: 'wrap' }}>
        {fitting.map((template) => (
          <Button key={template.key} size="small" onClick={() => take(template)}>
            {t(`grossTemplate.${template.key}`)}
          </Button>
        ))}
        <Select<string | null>
          size="small"
          style={{ width: 130 }}
          value={null}
          placeholder={t('flow.moreTemplates')}
          aria-label={t('flow.moreTemplates')}
          options={others.map(({ key }) => ({ value: key, label: t(`grossTemplate.${key}`) }))}
          onChange={(key) => {
            const template = others.find((each) => each.key === key);
            if (template) take(template);
          }}
        />
        <Button size="small" disabled={!description.includes('_')} onClick={nextBlank}>
          {t('flow.nextBlank')}
        </Button>
      </div>
      <Input.TextArea
        ref={area}
        onKeyDown={(event) => {
          if (event.key !== 'F2') return;
          event.preventDefault();
          nextBlank();
        }}
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
            {...(tried && !block.tissue.trim() && { status: 'error' as const })}
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
          <Checkbox
            className="path-nowrap"
            checked={block.decalcified === true}
            onChange={(event) => change(n, { decalcified: event.target.checked })}
          >
            {t('flow.decalcify')}
          </Checkbox>
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
      {tried && unnamed && (
        <p className="hub-tone-breach" role="alert">
          {t('flow.tissueRequired')}
        </p>
      )}
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
        <Button type="primary" loading={busy} disabled={!description.trim()} onClick={save}>
          {t('flow.saveGross')}
        </Button>
        <Button onClick={close}>{t('shell:action.cancel')}</Button>
      </div>
    </section>
  );
}
