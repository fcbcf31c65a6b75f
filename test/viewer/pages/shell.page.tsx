import { Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { post } from '../../../viewer/src/api/client.ts';
import type { CenterKind, WorklistRow } from '../../../viewer/src/api/types.ts';
import { FormDialog } from '../../../viewer/src/shell/FormDialog.tsx';
import { useHubEvents, useLine } from '../../../viewer/src/shell/useEvents.ts';
import { activeKeys, useKeys } from '../../../viewer/src/shell/useKeys.ts';
import { useScanner } from '../../../viewer/src/shell/useScanner.ts';
import { useWorklist, type WorklistFilter } from '../../../viewer/src/shell/worklist/useWorklist.ts';
import { tell } from './told.ts';

const keysOf = (page: string, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { label: `${page} ${name}`, run: tell(`${page} ${name}`) }]));

function Inner() {
  useKeys({
    ...keysOf('inner', 'a', 'escape'),
    'ctrl+enter': { label: 'send', run: tell('send'), inText: true },
  });
  return <p>inner</p>;
}

/** A page with keys, a part in it with keys of its own, fields and things that lie over it. */
export function Keys() {
  const [inner, setInner] = useState(false);
  const [modal, setModal] = useState(false);
  useKeys(keysOf('outer', 'a', 'b', 'shift+m', 'escape', '?', 'space'));
  return (
    <>
      <button onClick={() => setInner(!inner)}>inner</button>
      <button onClick={() => setModal(true)}>over</button>
      <button onClick={() => tell('active')(activeKeys().map(([name]) => name))}>active</button>
      <input aria-label="text" />
      <input aria-label="box" type="checkbox" />
      <div className="hub-viewport" tabIndex={0} onKeyDown={(event) => event.preventDefault()}>
        picture
      </div>
      <div tabIndex={0} onKeyDown={(event) => event.preventDefault()}>
        taken
      </div>
      <div className="ant-dropdown ant-dropdown-hidden" id="menu" />
      <Modal open={modal} onCancel={() => setModal(false)} title="over" />
      {inner && <Inner />}
    </>
  );
}

/** A scanner beside a field in which somebody types, and one that takes the scan itself. */
export function Scanner() {
  useScanner(tell('scan'));
  return (
    <>
      <input aria-label="text" onKeyDown={(event) => event.key === 'Enter' && tell('entered')()} />
      <input aria-label="scan" data-scan-field />
    </>
  );
}

const filters: Record<string, WorklistFilter> = { all: {}, urgent: { priority: 'urgent' } };

/** The rows of a worklist by their orders, and how many wait to be shown. */
export function Worklist({ center = 'imaging' as CenterKind }) {
  const [filter, setFilter] = useState('all');
  const { shown, fresh, showFresh, fetchNextPage, hasNextPage } = useWorklist(center, filters[filter] ?? {});
  return (
    <>
      <ol>
        {shown.map((row: WorklistRow) => (
          <li key={row.orderId}>{`${row.orderId} ${row.status}`}</li>
        ))}
      </ol>
      <output>{fresh}</output>
      <button onClick={showFresh}>show</button>
      <button onClick={() => setFilter(filter === 'all' ? 'urgent' : 'all')}>filter</button>
      {hasNextPage && <button onClick={() => void fetchNextPage()}>more</button>}
    </>
  );
}

function Listener() {
  useHubEvents((event) => tell(event.type)(event.data));
  return null;
}

/** What the line to the hub says, and what comes over it. */
export function Line() {
  const [listening, setListening] = useState(true);
  return (
    <>
      <output>{useLine() ? 'online' : 'offline'}</output>
      <button onClick={() => setListening(!listening)}>listen</button>
      {listening && <Listener />}
      {listening && <Listener />}
    </>
  );
}

interface Values {
  name: string;
  note: string | null;
}
/** A dialog whose act goes to the hub. */
export function Dialog() {
  const [open, setOpen] = useState(true);
  const [drawn, setDrawn] = useState(0);
  return (
    <>
      <button onClick={() => setDrawn(drawn + 1)}>draw</button>
      <FormDialog<Values>
        open={open}
        title="Thing"
        initial={{ name: '原名' }}
        onSave={(values) => post('/api/things', values)}
        onClose={() => {
          tell('closed')();
          setOpen(false);
        }}
      >
        <Form.Item name="name" label="name" rules={[{ required: true, message: '必填' }]}>
          <Input />
        </Form.Item>
        <Form.Item name="note" label="note">
          <Input.TextArea />
        </Form.Item>
      </FormDialog>
    </>
  );
}
