import { useQuery } from '@tanstack/react-query';
import { Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../../../api/client.ts';
import { uploadDocument } from '../uploadDocument.ts';
import { ticketTitle } from '../../../shell/ticketTitle.ts';
import type { Ticket, TicketAct } from './ticket.ts';

interface Props {
  ticket: Ticket;
  act: TicketAct;
  /** Runs the work and shows what went wrong. */
  attempt: (work: () => Promise<unknown>) => Promise<void>;
  onClose: () => void;
}

/** One act on a ticket: the person responsible, feedback with evidence, verification, closing, reopening. */
export function ActDialog({ ticket, act, attempt, onClose }: Props) {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const [note, setNote] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [staffId, setStaffId] = useState<string | null>(null);
  const staff = useQuery({
    queryKey: ['staff', 'of', ticket.institutionId],
    enabled: act === 'assign',
    queryFn: () =>
      get<{ items: { id: string; name: string; title: string | null; institutionName: string }[] }>(
        `/api/staff${query({ limit: 200, ...(ticket.institutionId && { institutionId: ticket.institutionId }) })}`,
      ),
  });
  const send = () =>
    attempt(async () => {
      const evidenceAddress = file && act === 'feedback' ? await uploadDocument(file) : undefined;
      await post(
        `/api/tickets/${ticket.id}/acts`,
        act === 'assign'
          ? { kind: act, staffId }
          : { kind: act, note, ...(evidenceAddress && { evidenceAddress }) },
      );
      onClose();
    });
  return (
    <Modal
      open
      title={`${t(`act.${act}`)} · ${ticketTitle(ticket, t, i18n.language)}`}
      onCancel={onClose}
      onOk={() => void send()}
      okButtonProps={{ disabled: act === 'assign' ? staffId === null : note.trim() === '' }}
    >
      {act === 'assign' ? (
        <Select
          autoFocus
          showSearch={{ optionFilterProp: 'label' }}
          style={{ width: '100%' }}
          aria-label={t('ticketRule.responsible')}
          placeholder={t('ticketRule.responsible')}
          loading={staff.isPending}
          value={staffId}
          onChange={setStaffId}
          options={(staff.data?.items ?? []).map((each) => ({
            value: each.id,
            label: [each.name, each.title, each.institutionName].filter(Boolean).join(' '),
          }))}
        />
      ) : (
        <Input.TextArea
          autoFocus
          rows={4}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          aria-label={t('column.note')}
          placeholder={t('notePlaceholder')}
        />
      )}
      {act === 'feedback' && (
        <p>
          <label htmlFor="ticket-evidence">{t('ticketRule.evidence')}</label>{' '}
          <input
            id="ticket-evidence"
            type="file"
            accept="application/pdf,image/jpeg,image/png"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        </p>
      )}
    </Modal>
  );
}
