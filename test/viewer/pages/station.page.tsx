import type { Session } from '../../../viewer/src/api/types.ts';
import { useStation } from '../../../viewer/src/centers/sterilization/stations/useStation.ts';
import { SessionProvider } from '../../../viewer/src/shell/session.tsx';
import { tell } from './told.ts';

function Scans() {
  const station = useStation('pack');
  const scan = (code: string, offline = true) =>
    void station
      .act('pack', { code }, code, '已包装', offline)
      .then((answer) => tell('answer')(answer ?? null));
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { code, strict } = event.currentTarget.elements as unknown as Record<
            string,
            HTMLInputElement
          >;
          scan(code?.value ?? '', !strict?.checked);
        }}
      >
        <input name="code" aria-label="code" />
        <input name="strict" aria-label="strict" type="checkbox" />
        <button>scan</button>
      </form>
      <output>{station.waiting}</output>
      <p>{station.others.join()}</p>
      <ol>
        {station.lines.map((line) => (
          <li key={line.key}>{`${line.outcome} ${line.code} ${line.text}`}</li>
        ))}
      </ol>
    </>
  );
}

/** A station of sterile supply with the person who stands at it. */
export function Station({ user = { id: 'n', name: '周护士' } }: { user?: { id: string; name: string } }) {
  return (
    <SessionProvider value={{ user } as unknown as Session}>
      <Scans />
    </SessionProvider>
  );
}
