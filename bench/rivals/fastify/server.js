// Fastify 5 + pg, SQL by hand. PORT, DATABASE_URL, JWT_SECRET; CACHE=1 keeps finished listings in the process.
import Fastify from 'fastify'
import fastifyJwt from '@fastify/jwt'
import helmet from '@fastify/helmet'
import cors from '@fastify/cors'
import compress from '@fastify/compress'
import rateLimit from '@fastify/rate-limit'
import pg from 'pg'

pg.types.setTypeParser(20, Number)
pg.types.setTypeParser(1700, Number)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
const app = Fastify({ logger: { level: 'info' } })
await app.register(helmet)
await app.register(cors)
await app.register(compress)
await app.register(rateLimit, { max: 1_000_000_000, timeWindow: 60_000 })
await app.register(fastifyJwt, { secret: process.env.JWT_SECRET, verify: { cache: true } })

const text = { type: 'string' }
const maybe = { type: ['string', 'null'] }
const whole = { type: 'integer' }
const course = {
  id: text, slug: text, title: text, subtitle: maybe, excerpt: text, price: { type: ['integer', 'null'] },
  currency: text, category: maybe, level: text, language: text,
  instructor: { type: 'object', properties: { id: text, name: text } }, instructorId: text, imageUrl: maybe, imageAltText: maybe,
  averageRating: { type: 'number' }, ratingCount: whole, enrollmentCount: whole, lessonCount: whole,
  durationSeconds: whole, status: text, version: whole, publishedAt: text, createdAt: text, updatedAt: text,
}
const lesson = { id: text, title: text, order: whole, durationSeconds: whole, isPreview: { type: 'boolean' } }
const envelope = (data, extra = {}) => ({
  response: { 200: { type: 'object', properties: { success: { type: 'boolean' }, data, message: text, ...extra } } },
})
const list = (properties) => ({ type: 'array', items: { type: 'object', properties } })

const COLUMNS = `c.id, c.slug, c.title, c.subtitle, c.excerpt, c.price_minor, c.currency, c.category, c.level, c.language,
  c.instructor_id, u.name AS instructor_name, c.image_path, c.image_alt_text, c.average_rating, c.rating_count, c.enrollment_count,
  c.lesson_count, c.duration_seconds, c.status, c.version, c.published_at, c.created_at, c.updated_at`
const ORDERS = {
  newest: 'c.published_at DESC, c.id DESC', popular: 'c.enrollment_count DESC, c.id DESC',
  rating: 'c.average_rating DESC, c.rating_count DESC, c.id DESC', price: 'c.price_minor, c.id',
  '-price': 'c.price_minor DESC, c.id DESC',
}
const shown = (r) => ({
  id: r.id, slug: r.slug, title: r.title, subtitle: r.subtitle, excerpt: r.excerpt, price: r.price_minor,
  currency: r.currency, category: r.category, level: r.level, language: r.language,
  instructor: { id: r.instructor_id, name: r.instructor_name }, instructorId: r.instructor_id, imageUrl: r.image_path, imageAltText: r.image_alt_text,
  averageRating: r.average_rating, ratingCount: r.rating_count, enrollmentCount: r.enrollment_count,
  lessonCount: r.lesson_count, durationSeconds: r.duration_seconds, status: r.status, version: r.version,
  publishedAt: r.published_at.toISOString(), createdAt: r.created_at.toISOString(), updatedAt: r.updated_at.toISOString(),
})
const FILTERS = {
  category: (n) => `c.category = $${n}`, level: (n) => `c.level = $${n}`, maxPrice: (n) => `c.price_minor <= $${n}`,
  minPrice: (n) => `c.price_minor >= $${n}`, minRating: (n) => `c.average_rating >= $${n}`,
  search: (n) => `(c.title ILIKE $${n} OR c.subtitle ILIKE $${n}
    OR EXISTS (SELECT FROM course_texts t WHERE t.course_id = c.id AND t.description ILIKE $${n}))`,
}
const hot = process.env.CACHE ? new Map() : null

app.get('/api/v1/courses', {
  schema: {
    querystring: {
      type: 'object', additionalProperties: false,
      properties: {
        page: { ...whole, minimum: 1, default: 1 }, limit: { ...whole, minimum: 1, maximum: 100, default: 20 },
        sort: { enum: Object.keys(ORDERS), default: 'newest' }, category: text, level: text, maxPrice: whole,
        minPrice: whole, minRating: { type: 'number' }, search: text,
      },
    },
    ...envelope(list(course), { meta: { type: 'object', properties: { page: whole, limit: whole, total: whole, totalPages: whole } } }),
  },
}, async (request, reply) => {
  const q = request.query
  const kept = hot?.get(request.url)
  if (kept && kept.until > Date.now()) return reply.type('application/json; charset=utf-8').send(kept.body)
  const where = ["c.status = 'published'", 'c.deleted_at IS NULL']
  const values = []
  for (const name of Object.keys(FILTERS)) {
    if (q[name] === undefined) continue
    values.push(name === 'search' ? `%${q.search}%` : q[name])
    where.push(FILTERS[name](values.length))
  }
  const from = `FROM courses c JOIN users u ON u.id = c.instructor_id WHERE ${where.join(' AND ')}`
  const n = values.length
  const rowsSql = `SELECT ${COLUMNS} ${from} ORDER BY ${ORDERS[q.sort]} LIMIT $${n + 1} OFFSET $${n + 2}`
  const countSql = `SELECT count(*) AS total FROM courses c WHERE ${where.join(' AND ')}`
  const shape = where.length + q.sort + Object.keys(FILTERS).filter((name) => q[name] !== undefined).join()
  const [rows, count] = await Promise.all([
    pool.query({ name: `list-${shape}`, text: rowsSql, values: [...values, q.limit, (q.page - 1) * q.limit] }),
    pool.query({ name: `count-${shape}`, text: countSql, values }),
  ])
  const total = count.rows[0].total
  const answer = {
    success: true, data: rows.rows.map(shown), message: 'The courses that fit.',
    meta: { page: q.page, limit: q.limit, total, totalPages: Math.ceil(total / q.limit) },
  }
  if (!hot) return answer
  const body = reply.serialize(answer)
  hot.set(request.url, { body, until: Date.now() + 15_000 })
  return reply.type('application/json; charset=utf-8').send(body)
})

const ME = `SELECT e.id AS "enrollmentId",
    EXISTS (SELECT FROM access_grants g WHERE g.enrollment_id = e.id AND g.revoked_at IS NULL
            AND (g.valid_until IS NULL OR g.valid_until > now())) AS "mayLearn",
    CASE WHEN e.id IS NOT NULL THEN (
      SELECT 100 * count(p.completed_at) / greatest(1, count(*)) FROM lessons l
      LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.enrollment_id = e.id
      WHERE l.course_id = $1 AND l.deleted_at IS NULL) END AS progress,
    (SELECT id FROM reviews WHERE user_id = $2 AND course_id = $1 AND deleted_at IS NULL) AS "reviewId",
    EXISTS (SELECT FROM wishes WHERE user_id = $2 AND course_id = $1) AS wished
  FROM (VALUES (1)) AS one LEFT JOIN enrollments e ON e.user_id = $2 AND e.course_id = $1`
const me = {
  type: 'object', properties: { enrollmentId: maybe, mayLearn: { type: 'boolean' }, progress: { type: ['integer', 'null'] },
    reviewId: maybe, wished: { type: 'boolean' } },
}

app.get('/api/v1/courses/:id', {
  onRequest: async (request) => { if (request.headers.authorization) await request.jwtVerify() },
  schema: envelope({ type: 'object', properties: {
    ...course, description: text, lessons: list(lesson), ratingDistribution: { type: 'object', additionalProperties: whole }, me,
  } }),
}, async (request, reply) => {
  const id = request.params.id
  const [courses, lessons, mine] = await Promise.all([
    pool.query({ name: 'course', values: [id], text: `SELECT ${COLUMNS}, c.rating_counts, t.description
      FROM courses c JOIN users u ON u.id = c.instructor_id JOIN course_texts t ON t.course_id = c.id
      WHERE c.id = $1 AND c.status = 'published' AND c.deleted_at IS NULL` }),
    pool.query({ name: 'lessons', values: [id], text: `SELECT id, title, position AS "order", duration_seconds AS "durationSeconds",
      is_preview AS "isPreview" FROM lessons WHERE course_id = $1 AND deleted_at IS NULL ORDER BY position` }),
    request.user && pool.query({ name: 'reader', values: [id, request.user.sub], text: ME }),
  ])
  const row = courses.rows[0]
  if (!row) return reply.code(404).send({ success: false, data: null, message: 'There is no such course.' })
  const ratingDistribution = Object.fromEntries(row.rating_counts.map((count, index) => [index + 1, count]))
  const data = { ...shown(row), description: row.description, lessons: lessons.rows, ratingDistribution, me: mine?.rows[0] }
  return { success: true, data, message: 'The course.' }
})

const auth = { onRequest: (request) => request.jwtVerify() }

app.get('/api/v1/users/me', auth, async (request, reply) => {
  const { rows } = await pool.query({ name: 'me', values: [request.user.sub], text: `SELECT id, name, email,
    email_verified_at IS NOT NULL AS "emailVerified", role, bio, avatar_url AS "avatarUrl", created_at AS "createdAt" FROM users WHERE id = $1` })
  if (!rows[0]) return reply.code(401).send({ success: false, data: null, message: 'Sign in first.' })
  return { success: true, data: rows[0], message: 'This is you.' }
})

app.put('/api/v1/enrollments/:id/progress', {
  ...auth,
  schema: {
    body: {
      type: 'object', required: ['lessonId'], additionalProperties: false,
      properties: { lessonId: { ...text, format: 'uuid' }, completed: { type: 'boolean' }, positionSeconds: { ...whole, minimum: 0 } },
    },
  },
}, async (request, reply) => {
  const { lessonId, completed = false, positionSeconds = 0 } = request.body
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const found = await client.query({ name: 'p1', values: [request.params.id, request.user.sub, lessonId], text: `
      SELECT e.id, e.user_id, e.course_id, e.enrolled_at, e.completed_at, l.id AS lesson_id,
        EXISTS (SELECT FROM access_grants g WHERE g.enrollment_id = e.id AND g.revoked_at IS NULL
                AND (g.valid_until IS NULL OR g.valid_until > now())) AS is_open
      FROM enrollments e LEFT JOIN lessons l ON l.id = $3 AND l.course_id = e.course_id AND l.deleted_at IS NULL
      WHERE e.id = $1 AND e.user_id = $2 FOR NO KEY UPDATE OF e` })
    const e = found.rows[0]
    if (!e?.lesson_id || !e.is_open) {
      await client.query('ROLLBACK')
      return reply.code(e && !e.is_open ? 403 : 404).send({ success: false, data: null, message: 'No.' })
    }
    await client.query({ name: 'p2', values: [e.id, lessonId, completed, positionSeconds], text: `
      INSERT INTO lesson_progress AS p (enrollment_id, lesson_id, completed_at, position_seconds, updated_at)
      VALUES ($1, $2, CASE WHEN $3::bool THEN now() END, $4, now())
      ON CONFLICT (enrollment_id, lesson_id) DO UPDATE SET completed_at = coalesce(p.completed_at, EXCLUDED.completed_at),
        position_seconds = greatest(p.position_seconds, EXCLUDED.position_seconds), updated_at = EXCLUDED.updated_at` })
    const { rows: lessons } = await client.query({ name: 'p3', values: [e.id, e.course_id], text: `
      SELECT l.id AS "lessonId", p.completed_at IS NOT NULL AS completed, p.completed_at AS "completedAt",
        coalesce(p.position_seconds, 0) AS "positionSeconds"
      FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.enrollment_id = $1
      WHERE l.course_id = $2 AND l.deleted_at IS NULL ORDER BY l.position` })
    const done = lessons.filter((one) => one.completed).length
    const { rows: [now] } = await client.query({ name: 'p4', values: [e.id, lessonId, done === lessons.length], text: `
      UPDATE enrollments SET last_lesson_id = $2, completed_at = coalesce(completed_at, CASE WHEN $3::bool THEN now() END)
      WHERE id = $1 RETURNING completed_at` })
    await client.query('COMMIT')
    return {
      success: true, message: 'Progress saved.',
      data: {
        id: e.id, userId: e.user_id, courseId: e.course_id, enrollmentDate: e.enrolled_at, status: 'active',
        progress: Math.floor((100 * done) / lessons.length), completedAt: now.completed_at, lastLessonId: lessonId,
        completedLessons: done, totalLessons: lessons.length, lessons,
      },
    }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
