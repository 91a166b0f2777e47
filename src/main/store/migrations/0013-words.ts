import type { Migration } from './migration'

/**
 * An index of the words of prompts, completions and continuations. It keeps no text: what a trajectory says is in the tables beside it.
 * `searchable` and `searchable_continuations` are functions of this program (functions.ts).
 */
export const words: Migration = {
  version: 13,
  sql: `
    CREATE VIRTUAL TABLE trajectory_words USING fts5 (
      prompt, completion, continuations, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
    );
    INSERT INTO trajectory_words (rowid, prompt, completion, continuations)
      SELECT x.id, searchable(x.prompt), searchable(x.text), searchable_continuations(x.id, b.body)
        FROM trajectory_texts AS x JOIN trajectory_bodies AS b ON b.id = x.id;
    CREATE TRIGGER trajectory_words_gone AFTER DELETE ON trajectories BEGIN
      DELETE FROM trajectory_words WHERE rowid = old.id;
    END;`,
}
