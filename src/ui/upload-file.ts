/** Sends a file as the body of a PUT, and says how much of it is sent: `fetch` cannot. */
import { noAnswer, readProblem, type Problem } from './problem.ts';

interface Upload {
  url: string;
  file: Blob;
  /** Bytes sent so far. */
  onProgress: (bytes: number) => void;
}

/** Null when it was taken; else why not. */
export function uploadFile({ url, file, onProgress }: Upload): Promise<Problem | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-bangui-request', '1');
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('error', () => resolve(noAnswer));
    request.addEventListener('abort', () => resolve(noAnswer));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) return resolve(null);
      void readProblem(new Response(responseText, { status })).then(resolve);
    });
    request.send(file);
  });
}
