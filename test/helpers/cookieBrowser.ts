export interface Page {
  status: number;
  /** Absolute, when the page leads on. */
  location: string | undefined;
  body: string;
}

/** Cookies of several hosts and redirects followed by hand: as much of a browser as a sign-in by redirects needs. */
export class CookieBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();

  async open(url: string, form?: Record<string, string>): Promise<Page> {
    return this.send(url, form && { method: 'POST', body: new URLSearchParams(form) });
  }

  async json(method: string, url: string, body?: unknown): Promise<Page> {
    return this.send(url, {
      method,
      headers: { 'content-type': 'application/json', origin: new URL(url).origin },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Opens, then follows where the pages lead until one stands or `until` says so. */
  async follow(
    url: string,
    until: (location: string) => boolean = () => false,
  ): Promise<Page & { url: string }> {
    let at = url;
    for (let steps = 0; steps < 12; steps++) {
      const page = await this.open(at);
      if (!page.location || until(page.location)) return { ...page, url: at };
      at = page.location;
    }
    throw new Error(`no end of redirects at ${at}`);
  }

  cookie(url: string, name: string): string | undefined {
    return this.cookies.get(new URL(url).host)?.get(name);
  }

  private async send(url: string, init: RequestInit = {}): Promise<Page> {
    const { host } = new URL(url);
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const location = answer.headers.get('location');
    return {
      status: answer.status,
      location: location ? new URL(location, url).href : undefined,
      body: await answer.text(),
    };
  }
}
