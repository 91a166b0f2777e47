import { Stack, TagsInput, Textarea, Title } from '@mantine/core'
import type { RunDetails } from '@shared/contract/runs'
import { useState } from 'react'
import { useRunUpdate } from './run-actions'

/** A person's notes on a run; saved when the field loses focus. */
export function NotesPanel({ data }: { readonly data: RunDetails }) {
  const { run, note, tags } = data
  const update = useRunUpdate(run.id)
  const [draft, setDraft] = useState<string | null>(null)
  const keep = () => {
    if (draft !== null && draft !== note) update({ note: draft })
    setDraft(null)
  }
  return (
    <section className="panel" aria-labelledby="notes" style={{ padding: '8px 12px' }}>
      <Title order={2} id="notes" fz="sm" mb={4}>
        Notes
      </Title>
      <Stack gap="sm">
        <TagsInput
          aria-label="Tags"
          placeholder={tags.length === 0 ? 'Tags, each with Enter' : ''}
          value={[...tags]}
          maxTags={50}
          onChange={(next) => update({ tags: next })}
        />
        <Textarea
          aria-label="Note"
          placeholder="What you tried, what you found"
          autosize
          minRows={2}
          maxRows={12}
          maxLength={20_000}
          value={draft ?? note}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={keep}
        />
      </Stack>
    </section>
  )
}
