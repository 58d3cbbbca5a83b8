/** Answers of the HTTP side that say what is wrong. */

/** `{"error_message": message}`, as the developer API words its errors. */
export function errorResponse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { error_message: message },
    { status, headers: { 'Cache-Control': 'no-store', ...headers } },
  );
}

/** Why somebody does not get what was asked for. */
export interface ToldRefusal {
  readonly status: number;
  /** A sentence. */
  readonly message: string;
  /** When to try again; undefined: nobody knows. */
  readonly retryAfterS?: number;
}

export function refusalResponse(
  { status, message, retryAfterS }: ToldRefusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const wait = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  return errorResponse(status, message, { ...headers, ...wait });
}

/** Whether a person is looking at the answer: a page is being opened, rather than fetched by a program. */
export function isPageRequest(request: Request): boolean {
  const mode = request.headers.get('sec-fetch-mode');
  const accept = request.headers.get('accept') ?? '';
  return request.method === 'GET' && accept.includes('text/html') && (mode === null || mode === 'navigate');
}

/**
 * A small page in plain words, without style or script.
 * @param title and `text` are ours: they are not escaped.
 * @param retrySeconds after which the browser tries again by itself.
 */
export function pageResponse(status: number, title: string, text: string, retrySeconds?: number): Response {
  const refresh = retrySeconds === undefined ? '' : `<meta http-equiv="refresh" content="${retrySeconds}">\n`;
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh}<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
  return new Response(page, {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  });
}
