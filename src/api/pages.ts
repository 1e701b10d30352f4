import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './problems.ts';

/** Names of built files carry a hash of their content (Vite's `assets` folder), so they never change. */
const YEAR_S = 31_536_000;

/**
 * Serves the built pages; every other path that a browser opens answers with the start page, which finds its way by itself. Where they
 * are not built it says so, until they are.
 */
export async function servePages(app: FastifyInstance, webDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webDir,
    serve: false,
    suppressWarning: true,
    cacheControl: false,
    dotfiles: 'deny',
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    schema: { hide: true },
    handler: (request, reply) => answer(request, reply, webDir),
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, webDir: string): Promise<FastifyReply> {
  const { pathname } = new URL(request.url, 'http://page');
  if (pathname === '/api' || pathname.startsWith('/api/')) throw notFound();
  if (!existsSync(join(webDir, 'index.html')))
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  return sendPage(reply, decodeURIComponent(pathname));
}

function sendPage(reply: FastifyReply, path: string): FastifyReply {
  const isFile = /\.[a-z0-9]+$/i.test(path);
  const isHashed = path.startsWith('/assets/');
  reply.header('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  return reply.sendFile(isFile ? path.slice(1) : 'index.html');
}

const notBuilt = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>GridGuard</title>
<p>页面尚未构建。服务已在运行，请执行 <code>npm run build</code> 后刷新。
<p lang="en">The pages are not built yet. The service is running: run <code>npm run build</code>, then reload.
`;
