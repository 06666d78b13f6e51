import { expect, test, vi } from 'vitest';
import { createDrafts } from './drafts.ts';

const draft = { base: '"abc"', before: 'a', text: 'b', savedAt: 5 };

/** What of the browser's storage drafts need, in memory. */
function memoryStorage(room = Number.POSITIVE_INFINITY): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

const listen = () => () => undefined;

test('a draft survives a reload of the page, and is gone when it was dropped', () => {
  const storage = memoryStorage();
  createDrafts({ storage, listen }).set('jail/sshd.local', draft);
  const again = createDrafts({ storage, listen });
  expect(again.files()).toEqual(['jail/sshd.local']);
  expect(again.get('jail/sshd.local')).toEqual(draft);
  again.drop('jail/sshd.local');
  expect(createDrafts({ storage, listen }).files()).toEqual([]);
});

test('listeners are told, and what did not change is the same object', () => {
  const drafts = createDrafts({ storage: memoryStorage(), listen });
  const heard = vi.fn();
  drafts.subscribe(heard);
  drafts.set('jail/a.local', draft);
  expect(heard).toHaveBeenCalledOnce();
  expect(drafts.get('jail/a.local')).toBe(drafts.get('jail/a.local'));
  expect(drafts.files()).toBe(drafts.files());
});

test('without room in the storage the draft still lives, and no older one comes back later', () => {
  const storage = memoryStorage(70);
  const drafts = createDrafts({ storage, listen });
  drafts.set('jail/a.local', draft);
  const long = { ...draft, text: 'x'.repeat(500) };
  drafts.set('jail/a.local', long);
  expect(drafts.get('jail/a.local')).toEqual(long);
  expect(createDrafts({ storage, listen }).get('jail/a.local')).toBeNull();
});

test('what is not ours or is broken in the storage is passed over', () => {
  const storage = memoryStorage();
  storage.setItem('bangui.draft.jail/a.local', '{"base":1}');
  storage.setItem('bangui.draft.jail/b.local', 'no json');
  storage.setItem('other', JSON.stringify(draft));
  expect(createDrafts({ storage, listen }).files()).toEqual([]);
});

test('what another tab keeps or drops is heard', () => {
  const storage = memoryStorage();
  let say = (_key: string | null): void => undefined;
  const drafts = createDrafts({
    storage,
    listen: (onKey) => {
      say = onKey;
      return () => undefined;
    },
  });
  const heard = vi.fn();
  drafts.subscribe(heard);
  storage.setItem('bangui.draft.jail/a.local', JSON.stringify(draft));
  say('bangui.theme');
  expect(heard).not.toHaveBeenCalled();
  say('bangui.draft.jail/a.local');
  expect(drafts.get('jail/a.local')).toEqual(draft);
});
