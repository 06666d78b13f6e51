/** What blocklists are called in the kernel and on disk; the file's maker and the action that loads it agree here. */

/** The jail that holds lists in force; its bans, where there are any, are those of lists. */
export const blocklistJailName = 'blocklist-import';

/** The sets that the rules look at. */
export const liveSets = { v4: 'bangui-blocklist4', v6: 'bangui-blocklist6' } as const;
/** What a new version is restored into before it is swapped; they exist only meanwhile. */
export const nextSets = { v4: 'bangui-next4', v6: 'bangui-next6' } as const;
export const setFamilies = { v4: 'inet', v6: 'inet6' } as const;
export const setType = 'hash:net';
export const mostEntries = 16_777_216;

/** The first line is this, a space and the id; the last line is `# end <v4 entries> <v6 entries>`. */
export const fileMark = '# bangui-blocklist';
export const endMark = '# end';
