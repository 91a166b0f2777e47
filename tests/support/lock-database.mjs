/** `lock-database.mjs FILE`: a program that locks a database against writing, says so, and lets go of it when its standard input ends. */
import Database from 'better-sqlite3'

const db = new Database(process.argv[2])
db.pragma('busy_timeout = 10000')
db.exec('BEGIN IMMEDIATE')
process.stdout.write('locked\n')
process.stdin.on('end', () => {
  db.exec('COMMIT')
  db.close()
})
process.stdin.resume()
