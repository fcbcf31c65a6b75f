import { Alert, Button, Progress } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SendElsewhere } from '../../centers/SendElsewhere.tsx';
import { bytes } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import { commentText } from '../queue/reasonText.ts';
import { filesOfDrop } from './collectFiles.ts';
import { useUpload, type Upload } from './useUpload.ts';

const tone: Record<Upload['state'], string> = {
  waiting: 'hub-tone-waiting',
  sending: 'hub-tone-inHand',
  stored: 'hub-tone-done',
  attention: 'hub-tone-warn',
  refused: 'hub-tone-breach',
  line: 'hub-tone-warn',
};
const shownRows = 300;

/** Drop files, folders or a zip; see what happened to every file. */
export function UploadPanel({ orderId }: { orderId?: string }) {
  const { t } = useTranslation(['upload', 'queue']);
  const { uploads, preparing, lineLost, add, halt, again, clear } = useUpload(orderId);
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const count = (state: Upload['state']) => uploads.filter((each) => each.state === state).length;
  const total = uploads.reduce((sum, each) => sum + each.size, 0);
  const sent = uploads.reduce((sum, each) => sum + Math.min(each.sent, each.size), 0);
  const busy = count('waiting') + count('sending') > 0;
  const faults = uploads.filter(
    (each) => each.state === 'refused' || each.state === 'attention' || each.state === 'line',
  );
  const list = [...faults, ...uploads.filter((each) => !faults.includes(each))].slice(0, shownRows);

  return (
    <section className="hub-upload">
      <div
        className={over ? 'hub-drop is-over' : 'hub-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void filesOfDrop(event.dataTransfer).then(({ files: dropped, paths }) => add(dropped, paths));
        }}
      >
        <p>{t('drop')}</p>
        <div className="hub-row" style={{ justifyContent: 'center' }}>
          <Button type="primary" onClick={() => files.current?.click()}>
            {t('chooseFiles')}
          </Button>
          <Button onClick={() => folder.current?.click()}>{t('chooseFolder')}</Button>
        </div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label={t('chooseFiles')}
          onChange={(event) => {
            void add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <input
          ref={folder}
          type="file"
          hidden
          aria-label={t('chooseFolder')}
          {...{ webkitdirectory: '' }}
          onChange={(event) => {
            void add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      {preparing && <p role="status">{t('preparing')}</p>}
      {lineLost && <Alert type="warning" showIcon title={t('lineLost')} />}
      {uploads.length > 0 && (
        <>
          <Progress
            percent={total ? Math.floor((sent / total) * 100) : 100}
            status={busy ? 'active' : faults.length ? 'exception' : 'success'}
          />
          <p role="status" aria-live="polite">
            {t('summary', {
              stored: count('stored'),
              total: uploads.length,
              sent: bytes(sent),
              size: bytes(total),
            })}
            {count('attention') > 0 ? ` · ${t('attentionCount', { n: count('attention') })}` : ''}
            {count('refused') > 0 ? ` · ${t('refusedCount', { n: count('refused') })}` : ''}
          </p>
          <div className="hub-row">
            {busy && <Button onClick={halt}>{t('halt')}</Button>}
            {count('line') > 0 && (
              <Button type="primary" onClick={again}>
                {t('again', { n: count('line') })}
              </Button>
            )}
            {!busy && <Button onClick={clear}>{t('clear')}</Button>}
          </div>
          <table className="hub-plain">
            <thead>
              <tr>
                <th scope="col">{t('file')}</th>
                <th scope="col">{t('size')}</th>
                <th scope="col">{t('outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((each) => (
                <tr key={each.key} data-state={each.state}>
                  <td title={each.path}>{each.path}</td>
                  <td className="hub-num">{bytes(each.size)}</td>
                  <td className={tone[each.state]}>
                    {t(`states.${each.state}`)}
                    {each.elsewhere && (
                      <>
                        {' · '}
                        <SendElsewhere kind={each.elsewhere} />
                      </>
                    )}
                    {each.fault
                      ? ` · ${t(`faults.${each.fault}`)}`
                      : each.reason
                        ? ` · ${commentText(each.reason, t)}`
                        : ''}
                    {each.refusal ? ` · ${errorText(each.refusal, t)}` : ''}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {uploads.length > shownRows && (
            <p className="hub-quiet">{t('more', { n: uploads.length - shownRows })}</p>
          )}
        </>
      )}
    </section>
  );
}
