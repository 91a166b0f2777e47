import { redact, secretsOf } from '@shared/redact'
import { describe, expect, it } from 'vitest'

const ada = { home: '/home/ada', user: 'ada', host: 'engine.local', secrets: [] }
const clean = (text: string) => redact(text, ada)

describe('redacted text', () => {
  it('has ~ for the home folder, and nothing else of its length', () => {
    expect(clean('runs: /home/ada/.local/share/gpo-studio')).toBe('runs: ~/.local/share/gpo-studio')
    expect(clean('/home/ada')).toBe('~')
    expect(clean('/home/adam/x')).toBe('/home/adam/x')
  })

  it('knows a home folder of Windows in every spelling', () => {
    const windows = { ...ada, home: 'C:\\Users\\Ada' }
    expect(redact('C:\\Users\\Ada\\runs.db', windows)).toBe('~\\runs.db')
    expect(redact('{"file":"C:\\\\Users\\\\Ada\\\\runs.db"}', windows)).toBe('{"file":"~\\\\runs.db"}')
    expect(redact('file:///c:/users/ada/runs.db', windows)).toBe('file:///~/runs.db')
  })

  it('has no names of user and machine, alone or in paths outside the home folder', () => {
    expect(clean('/mnt/data/ada/model is owned by Ada')).toBe('/mnt/data/<user>/model is owned by <user>')
    expect(clean('ENGINE.local and engine refused it')).toBe('<host> and <host> refused it')
  })

  it('leaves words alone that only contain a name', () => {
    expect(clean('adapter, cascade, search engines')).toBe('adapter, cascade, search engines')
    expect(clean('AdamW')).toBe('AdamW')
  })

  it('has no tokens', () => {
    const token = 'abcdefghij0123456789'
    expect(clean(`hf_${token} ghp_${token} sk-${token}`)).toBe('<secret> <secret> <secret>')
    expect(clean(`http://127.0.0.1:5000/?token=${token}`)).toBe('http://127.0.0.1:5000/?token=<secret>')
    expect(clean(`authorization: Bearer ${token}`)).toBe('authorization: Bearer <secret>')
    expect(clean(`"apiKey": "${token}", "password":"x y"`)).not.toContain(token)
    expect(clean(`cookie: gpo-session=${token}`)).not.toContain(token)
    expect(clean('https://me:hunter22@example.org/x')).toBe('https://<secret>@example.org/x')
    expect(clean(`grant-${token}${token}`)).toBe('<secret>')
  })

  it('has no secrets of the environment, whatever they look like', () => {
    const secrets = secretsOf({ HF_TOKEN: 'plain words', HOME: '/home/ada', MY_API_KEY: 'k e y 1 2 3 4' })
    expect(secrets).toEqual(['plain words', 'k e y 1 2 3 4'])
    expect(redact('it said plain words', { ...ada, secrets })).toBe('it said <secret>')
  })

  it('has no addresses of mail', () => {
    expect(clean('mail to ada.l@example.org now')).toBe('mail to <email> now')
  })

  it('keeps what a helper needs: numbers, "tokens per second", codes, versions', () => {
    const text =
      'max tokens 96, 512 tokens/s, onnx: self-test 1.8e-6, Node 24.21.0, run 3q0x7mh2abc failed: training: loss is NaN'
    expect(clean(text)).toBe(text)
  })

  it('does not take a text apart over an empty or one-letter name', () => {
    const nobody = { home: '/', user: 'a', host: '', secrets: [''] }
    expect(redact('a path /a/b', nobody)).toBe('a path /a/b')
  })
})

it.each(['HF_TOKEN', 'GPO_ENGINE_KEY', 'OPENAI_API_KEY', 'apikey', 'KEYS_OF_ADA'])(
  '%s is taken for a secret',
  (name) => {
    expect(secretsOf({ [name]: 'value' })).toEqual(['value'])
  },
)
it.each(['KEYBOARD', 'MONKEY', 'HOME'])('%s is not', (name) => expect(secretsOf({ [name]: 'value' })).toEqual([]))
