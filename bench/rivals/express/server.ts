// Express 5 + Prisma 7 + Redis as the usual recipe has it. PORT, DATABASE_URL, REDIS_URL (none: no cache), JWT_SECRET.
import express, { type Request, type Response, type NextFunction } from 'express'
import helmet from 'helmet'
import cors from 'cors'
import compression from 'compression'
import morgan from 'morgan'
import { rateLimit } from 'express-rate-limit'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import { createClient } from 'redis'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10 }) })
const redis = process.env.REDIS_URL ? await createClient({ url: process.env.REDIS_URL }).connect() : null
const secret = process.env.JWT_SECRET!
const seconds = 60

const app = express()
app.use(helmet())
app.use(cors())
app.use(compression())
app.use(morgan('combined'))
app.use(rateLimit({ windowMs: 60_000, limit: 1_000_000_000, standardHeaders: 'draft-8', legacyHeaders: false }))
app.use(express.json())

const plain = (course: any) => ({
  ...course,
  price: course.price === null ? null : Number(course.price),
  averageRating: Number(course.averageRating),
  ratingCount: Number(course.ratingCount),
  enrollmentCount: Number(course.enrollmentCount),
  durationSeconds: Number(course.durationSeconds),
})
const select = {
  id: true, slug: true, title: true, subtitle: true, excerpt: true, price: true, currency: true, category: true,
  level: true, language: true, instructor: { select: { id: true, name: true } }, instructorId: true, imageUrl: true, imageAltText: true,
  averageRating: true, ratingCount: true, enrollmentCount: true, lessonCount: true, durationSeconds: true, status: true,
  version: true, publishedAt: true, createdAt: true, updatedAt: true,
} as const
const orders: Record<string, object[]> = {
  newest: [{ publishedAt: 'desc' }, { id: 'desc' }],
  popular: [{ enrollmentCount: 'desc' }, { id: 'desc' }],
  rating: [{ averageRating: 'desc' }, { ratingCount: 'desc' }, { id: 'desc' }],
  price: [{ price: 'asc' }, { id: 'asc' }],
  '-price': [{ price: 'desc' }, { id: 'desc' }],
}
const Query = z.object({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  category: z.string().optional(),
  level: z.string().optional(),
  maxPrice: z.coerce.number().int().optional(),
  minPrice: z.coerce.number().int().optional(),
  minRating: z.coerce.number().optional(),
  search: z.string().optional(),
  sort: z.enum(['newest', 'popular', 'rating', 'price', '-price']).default('newest'),
})

app.get('/api/v1/courses', async (req, res) => {
  const q = Query.parse(req.query)
  const key = `courses:${JSON.stringify(q)}`
  const hit = await redis?.get(key)
  if (hit) return void res.json(JSON.parse(hit))
  const where: any = { status: 'published', deletedAt: null, category: q.category, level: q.level }
  if (q.maxPrice !== undefined || q.minPrice !== undefined) where.price = { gte: q.minPrice, lte: q.maxPrice }
  if (q.minRating !== undefined) where.averageRating = { gte: q.minRating }
  if (q.search) {
    const like = { contains: q.search, mode: 'insensitive' }
    where.OR = [{ title: like }, { subtitle: like }, { text: { description: like } }]
  }
  const [rows, total] = await Promise.all([
    prisma.course.findMany({ where, select, orderBy: orders[q.sort] as any, skip: (q.page - 1) * q.limit, take: q.limit }),
    prisma.course.count({ where }),
  ])
  const body = {
    success: true, data: rows.map(plain), message: 'The courses that fit.',
    meta: { page: q.page, limit: q.limit, total, totalPages: Math.ceil(total / q.limit) },
  }
  await redis?.set(key, JSON.stringify(body), { expiration: { type: 'EX', value: seconds } })
  res.json(body)
})

const auth = (req: Request, res: Response, next: NextFunction) => {
  try {
    const token = req.headers.authorization?.split(' ')[1] ?? ''
    res.locals.user = jwt.verify(token, secret, { algorithms: ['HS256'] })
    next()
  } catch {
    res.status(401).json({ success: false, data: null, message: 'Sign in first.' })
  }
}

const mayAuth = (req: Request, res: Response, next: NextFunction) =>
  req.headers.authorization ? auth(req, res, next) : next()

// What the course is to someone who is signed in.
const aboutReader = async (courseId: string, userId: string) => {
  const [enrollment, lessons, review, wish] = await Promise.all([
    prisma.enrollment.findUnique({
      where: { userId_courseId: { userId, courseId } },
      include: { grants: { where: { revokedAt: null, OR: [{ validUntil: null }, { validUntil: { gt: new Date() } }] } } },
    }),
    prisma.lesson.count({ where: { courseId, deletedAt: null } }),
    prisma.review.findFirst({ where: { userId, courseId, deletedAt: null }, select: { id: true } }),
    prisma.wish.findUnique({ where: { userId_courseId: { userId, courseId } }, select: { id: true } }),
  ])
  const done = enrollment && await prisma.lessonProgress.count({
    where: { enrollmentId: enrollment.id, completedAt: { not: null } },
  })
  return {
    enrollmentId: enrollment?.id ?? null, mayLearn: !!enrollment?.grants.length,
    progress: done === null ? null : Math.floor((100 * done) / Math.max(1, lessons)),
    reviewId: review?.id ?? null, wished: !!wish,
  }
}

app.get('/api/v1/courses/:id', mayAuth, async (req, res) => {
  const course = await prisma.course.findFirst({
    where: { id: req.params.id, status: 'published', deletedAt: null },
    select: {
      ...select, ratingCounts: true, text: { select: { description: true } },
      lessons: {
        where: { deletedAt: null }, orderBy: { position: 'asc' },
        select: { id: true, title: true, position: true, durationSeconds: true, isPreview: true },
      },
    },
  })
  if (!course) return void res.status(404).json({ success: false, data: null, message: 'There is no such course.' })
  const { ratingCounts, lessons, text, ...rest } = course
  const data = {
    ...plain(rest),
    description: text?.description,
    lessons: lessons.map(({ position, ...lesson }) => ({ ...lesson, order: position })),
    ratingDistribution: Object.fromEntries(ratingCounts.map((count, index) => [index + 1, count])),
    me: res.locals.user ? await aboutReader(course.id, res.locals.user.sub) : undefined,
  }
  res.json({ success: true, data, message: 'The course.' })
})

app.get('/api/v1/users/me', auth, async (_req, res) => {
  const user = await prisma.user.findUnique({
    where: { id: res.locals.user.sub },
    select: { id: true, name: true, email: true, emailVerifiedAt: true, role: true, bio: true, avatarUrl: true, createdAt: true },
  })
  if (!user) return void res.status(401).json({ success: false, data: null, message: 'Sign in first.' })
  const { emailVerifiedAt, ...rest } = user
  res.json({ success: true, data: { ...rest, emailVerified: emailVerifiedAt !== null }, message: 'This is you.' })
})

const Progress = z.object({
  lessonId: z.uuid(), completed: z.boolean().optional(), positionSeconds: z.number().int().min(0).optional(),
})

app.put('/api/v1/enrollments/:id/progress', auth, async (req, res) => {
  const body = Progress.parse(req.body)
  const answer = await prisma.$transaction(async (tx) => {
    const enrollment = await tx.enrollment.findFirst({
      where: { id: req.params.id, userId: res.locals.user.sub },
      include: { grants: { where: { revokedAt: null, OR: [{ validUntil: null }, { validUntil: { gt: new Date() } }] } } },
    })
    if (!enrollment) return { status: 404 }
    if (!enrollment.grants.length) return { status: 403 }
    const lesson = await tx.lesson.findFirst({ where: { id: body.lessonId, courseId: enrollment.courseId, deletedAt: null } })
    if (!lesson) return { status: 404 }
    const id = { enrollmentId: enrollment.id, lessonId: lesson.id }
    const before = await tx.lessonProgress.findUnique({ where: { enrollmentId_lessonId: id } })
    const now = new Date()
    const values = {
      completedAt: before?.completedAt ?? (body.completed ? now : null),
      positionSeconds: Math.max(before?.positionSeconds ?? 0, body.positionSeconds ?? 0),
      updatedAt: now,
    }
    await tx.lessonProgress.upsert({
      where: { enrollmentId_lessonId: id }, create: { ...id, ...values }, update: values,
    })
    const lessons = await tx.lesson.findMany({
      where: { courseId: enrollment.courseId, deletedAt: null }, orderBy: { position: 'asc' },
      select: { id: true, progress: { where: { enrollmentId: enrollment.id } } },
    })
    const done = lessons.filter((one) => one.progress[0]?.completedAt).length
    const completedAt = enrollment.completedAt ?? (done === lessons.length ? now : null)
    await tx.enrollment.update({ where: { id: enrollment.id }, data: { lastLessonId: lesson.id, completedAt } })
    return {
      status: 200,
      data: {
        id: enrollment.id, userId: enrollment.userId, courseId: enrollment.courseId, enrollmentDate: enrollment.enrolledAt,
        progress: Math.floor((100 * done) / lessons.length), status: 'active', completedAt, lastLessonId: lesson.id,
        completedLessons: done, totalLessons: lessons.length,
        lessons: lessons.map((one) => ({
          lessonId: one.id, completed: !!one.progress[0]?.completedAt, completedAt: one.progress[0]?.completedAt ?? null,
          positionSeconds: one.progress[0]?.positionSeconds ?? 0,
        })),
      },
    }
  })
  if (answer.status !== 200) return void res.status(answer.status).json({ success: false, data: null, message: 'No.' })
  res.json({ success: true, data: answer.data, message: 'Progress saved.' })
})

app.use((error: any, _req: Request, res: Response, _next: NextFunction) => {
  const status = error instanceof z.ZodError ? 422 : 500
  if (status === 500) console.error(error)
  res.status(status).json({ success: false, data: null, message: status === 422 ? 'Check the fields.' : 'Something broke.' })
})

app.listen(Number(process.env.PORT), '127.0.0.1')
