"""Pages that stand where a document should be are said for what they are, and no document is taken for one."""

from __future__ import annotations

import pytest

from extractors.readers import read
from schemas.errors import NotRead
from schemas.reading import Paragraph

TITLE = "青岚县教育局关于推进城乡学校共同体建设的通知"
ARTICLE = "".join(
    f"<p>　　{text}</p>"
    for text in (
        "各乡镇中心学校、县直各学校：",
        "为贯彻落实省教育厅要求，现就推进城乡学校共同体建设有关事项通知如下，请认真贯彻执行。",
        "一、各校要在2025年9月底前登录平台填报信息，用户名为学校代码，初始密码由县教育局另行通知；系统维护期间访问被拒绝的，请稍后再试。",
        "二、到2025年底，全县不少于70%的乡村学校纳入共同体；到2026年底不少于85%，到2027年底实现需要帮扶的乡村学校全覆盖。",
        "三、核心校每学期选派不少于5%的教师到成员校任教，每月开展一次线上教研，每学期组织一次全员培训，所需经费由县财政统筹安排。",
        "青岚县教育局",
        "2025年9月1日",
    )
)


def page(body: str, title: str = "", head: str = "") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}</body></html>'


def refused(markup: str) -> NotRead:
    with pytest.raises(NotRead) as caught:
        read(markup.encode(), "https://qinglan.example.gov.cn/art/1.html")
    assert caught.value.cure
    assert " / " in caught.value.message
    assert "\n" not in str(caught.value)
    return caught.value


def text_of(markup: str) -> str:
    reading = read(markup.encode(), "https://qinglan.example.gov.cn/art/1.html")
    return "\n".join(b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body")


BLOCK_PAGES = {
    "safedog": page(
        '<div class="main"><h2>网站防火墙</h2><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>'
        "<p>可能原因：您提交的内容包含危险的攻击请求</p><p>如何解决：</p><ul><li>检查提交内容；</li>"
        "<li>如网站托管，请联系空间提供商；</li><li>普通网站访客，请联系网站管理员；</li></ul></div>",
        "网站防火墙",
    ),
    "yunsuo": page(
        "<div><img src='/yunsuologo/logo.png'><p>您的访问被云锁拦截，如有疑问请联系网站管理员。</p></div>", "云锁提示"
    ),
    "jsl cookie": "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+'learance_s=17';"
    "location.href=location.pathname+location.search</script>",
    "jsl clue": page("<script>var _0x1='__jsl_clue';function go(a){document.cookie=a}</script>"),
    "rsdun": page(
        "<script type=text/javascript r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script>"
        "<script src='/abc.js' r='m'></script>",
        "",
        '<meta id="9DhefwqGPrzGxEp9hPaoag" content="zxc" r="m">',
    ),
    "aliyun 405": page(
        "<div class='container'><h1>405</h1><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"
        "<p>您的请求ID是：0a0a2b1c15</p></div>",
        "405",
    ),
    "aliyun cookie": page("<script>var arg1='AB12';setCookie('acw_sc__v2', x);document.location.reload();</script>"),
    "360": page(
        "<div id=wrap><h3>您的访问请求可能存在安全风险，已被360网站卫士拦截</h3><p>误报反馈　返回首页</p></div>",
        "访问拦截提示",
    ),
    "baota": page(
        "<div class=title>宝塔网站防火墙</div><div class=content><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"
        "<p>可能原因：您提交的内容包含危险的攻击请求</p></div>",
        "宝塔防火墙",
    ),
    "safeline": page(
        "<div>您的访问请求可能对网站造成安全威胁，请求已被管理员设置的策略阻断</div><div>请联系管理员，事件 ID：7c</div>"
        "<div>安全检测能力由长亭雷池 WAF 驱动</div>",
        "请求被拦截",
    ),
    "cloudflare": page(
        "<h1>qinglan.example.gov.cn</h1><p>Checking your browser before accessing. This may take a few seconds.</p>"
        "<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={}</script>",
        "Just a moment...",
    ),
    "chuangyudun": page(
        "<p>当前访问疑似黑客攻击，已被网站管理员设置为拦截</p><p>如果您是网站管理员，请登录知道创宇云防御查看详情</p>",
        "当前访问疑似黑客攻击，已被创宇盾拦截",
    ),
    "traditional": page("<p>您的訪問被攔截，請求存在威脅，請聯繫網站管理員。</p>", "安全攔截"),
    "support id": page(
        "The requested URL was rejected. Please consult with your administrator. Your support ID is: 123",
        "Request Rejected",
    ),
    "too often": page("<div>访问过于频繁，请稍后再试</div>"),
    "captcha": page("<p>正在进行安全验证，请输入验证码</p><form><input name=code></form>"),
    "slider": page("<div id=nc>请按住滑块，拖动到最右边</div><script src=/nc.js></script>", "滑动验证页面"),
    "consent": page("<p>本网站使用Cookie。点击同意并继续访问。</p><button>同意</button>"),
}

LOGIN_PAGES = {
    "cas": page(
        '<div class="login-box"><h2>统一身份认证平台</h2><form>账号 <input name=u> 密码 <input type="password">'
        "<a href=1>忘记密码</a> <button>登录</button></form></div><div class=tips><p>温馨提示：首次登录的用户名为工号或学号，"
        "初始密码为身份证件号码的后六位，登录后请及时修改密码。</p></div><div class=footer>版权所有 青岚县教育局</div>",
        "青岚县教育云 统一身份认证",
    ),
    "please": page("<div>请先登录后查看</div><form>用户名<input> 密码<input type=password></form>"),
    "session": page("<p>登录超时，请重新登录！</p><script>top.location='/login'</script>"),
    "oa": page("<table><tr><td>用户名：</td><td><input></td></tr><tr><td>密　码：</td><td><input type=password></td></tr></table>",
               "办公自动化系统-用户登录"),
    "traditional": page("<p>請先登入或註冊</p><p>帳號 密碼 忘記密碼</p><form><input><input type='password'></form>", "會員登錄"),
}  # fmt: skip

ERROR_PAGES = {
    "404": page("<h1>404 Not Found</h1><hr><center>nginx/1.20.1</center>", "404 Not Found"),
    "404 in Chinese": page(
        "<div class=err><h2>抱歉，您访问的页面不存在或已被删除！</h2><p>您可以返回<a href=/>首页</a>，或者检查网址是否有误。</p>"
        "</div><div class=footer>主办：青岚县教育局 某ICP备05000000号</div>",
        "404页面",
    ),
    "404 in a container": page(
        '<div class="content"><p>对不起，您要找的页面不存在</p><p>可能是因为：网页已被移除，或链接地址有误。</p></div>'
    ),
    "tomcat": page(
        "<h1>HTTP Status 500 – Internal Server Error</h1><p><b>Type</b> Exception Report</p><p>java.lang.NullPointerException"
        + "<br>org.apache.catalina.core.StandardWrapper.invoke(StandardWrapper.java:1)" * 60
        + "</p><h3>Apache Tomcat/8.5.4</h3>",
        "HTTP Status 500 – Internal Server Error",
    ),
    "iis": page(
        "<h2>404 - 找不到文件或目录。</h2><h3>您要查找的资源可能已被删除，已更改名称或者暂时不可用。</h3>", "404 - 找不到文件或目录。"
    ),
    "asp.net": page(
        "<h1>Server Error in '/' Application.<hr></h1><h2>Runtime Error</h2><p>Description: An unhandled exception occurred "
        "during the execution of the current web request.</p>",
        "Runtime Error",
    ),
    "database": page("<p>数据库连接错误，请稍后再试</p>", "系统发生错误"),
    "mysql": page("<b>Warning</b>: mysqli_connect(): Can't connect to MySQL server on '127.0.0.1'"),
    "closed": page("<p>网站已关闭，原有内容请访问青岚县人民政府门户网站。</p>", "站点已迁移"),
    "maintenance": page("<h1>系统维护中</h1><p>网站正在维护，请稍后访问，给您带来不便敬请谅解。</p>", "系统维护"),
    "welcome": page("<h1>Welcome to nginx!</h1><p>If you see this page, the web server is installed.</p>", "Welcome to nginx!"),
    "bt site": page("<h1>没有找到站点</h1><p>您的请求在Web服务器中没有找到对应的站点！</p>", "没有找到站点"),
    "wechat deleted": page("<div class=tips>该内容已被发布者删除</div>"),
    "wechat violation": page("<div class=weui-msg><h2>此内容因违规无法查看</h2><p>由用户投诉并经平台审核</p></div>"),
    "spring": page("<h1>Whitelabel Error Page</h1><p>There was an unexpected error (type=Not Found, status=404).</p>"),
    "traditional": page("<h1>找不到網頁</h1><p>很抱歉，您要瀏覽的網頁不存在或已移除。</p>", "教育局"),
}  # fmt: skip

SCRIPT_PAGES = {
    "vue": page("<noscript><strong>We're sorry but portal doesn't work properly without JavaScript enabled.</strong>"
                "</noscript><div id=app></div><script src=/js/chunk-vendors.js></script>", "青岚县教育局"),
    "frame around an empty article": page(
        '<div class="header"><a href=/>首页</a></div><h1>详情</h1><div id="zoom"></div>'
        "<script>$.get('/api/article?id=1',function(d){$('#zoom').html(d)})</script><div class=footer>版权所有：青岚县教育局</div>"
    ),
    "document.write": "<script>document.write(unescape('%u5173'))</script>",
    "loading": page("<div id=root>加载中...</div><script src=a.js></script>"),
}  # fmt: skip

ELSEWHERE = {
    "/new/index.html": page("<p>页面正在跳转</p>", "", '<meta http-equiv="refresh" content="0; url=/new/index.html">'),
    "http://new.example.cn/": page("<script>window.location.href='http://new.example.cn/';</script>"),
    "/login/first.do": "<script>top.location.replace('/login/first.do')</script>",
    "main.html": "<html><head><title>青岚县教育局</title></head><frameset rows='80,*'><frame src='top.html' noresize>"
    "<frame src='main.html' name=main></frameset></html>",
    "/content/2025.html": page('<iframe src="/stat.html" width=0 height=0></iframe><iframe src="/content/2025.html"></iframe>'),
    "/upload/方案.pdf": page(f'<h1>{TITLE}</h1><div id=zoom><iframe src="/upload/方案.pdf"></iframe></div>', TITLE),
    "/upload/1.pdf": page(
        f'<h1>{TITLE}</h1><div id=zoom><iframe src="/pdfjs/web/viewer.html?file=%2Fupload%2F1.pdf"></iframe></div>', TITLE
    ),
}  # fmt: skip


@pytest.mark.parametrize("markup", BLOCK_PAGES.values(), ids=BLOCK_PAGES)
def test_a_firewall_s_page_is_said(markup: str) -> None:
    assert refused(markup).cause == "block_page"


@pytest.mark.parametrize("markup", LOGIN_PAGES.values(), ids=LOGIN_PAGES)
def test_a_login_page_is_said(markup: str) -> None:
    assert refused(markup).cause == "login_page"


@pytest.mark.parametrize("markup", ERROR_PAGES.values(), ids=ERROR_PAGES)
def test_an_error_page_with_status_200_is_said(markup: str) -> None:
    assert refused(markup).cause == "error_page"


@pytest.mark.parametrize("markup", SCRIPT_PAGES.values(), ids=SCRIPT_PAGES)
def test_a_page_that_scripts_build_is_said(markup: str) -> None:
    assert refused(markup).cause == "script_only"


@pytest.mark.parametrize(("address", "markup"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_a_page_that_leads_elsewhere_says_where(address: str, markup: str) -> None:
    refusal = refused(markup)
    assert refusal.cause == "elsewhere"
    assert address in refusal.cure


@pytest.mark.parametrize(
    "markup",
    [
        page("<img src=1.jpg><img src=2.jpg>"),
        page(
            f'<div class=header><h3>青岚县教育局政务公开平台</h3><p>便民服务热线每天早八点到晚八点，欢迎咨询</p></div><h1>{TITLE}</h1>'
            '<div class="info">发布时间：2025-09-01 来源：青岚县教育局</div><div id="zoom"><p><img src="/u/P1.jpg"></p>'
            '<p><img src="/u/P2.jpg"></p></div><div class=footer><img src="/images/icon_beian.png">版权所有：青岚县教育局</div>',
            TITLE,
        ),
    ],
)  # fmt: skip
def test_a_notice_of_pictures_only_is_no_text_and_says_how_many(markup: str) -> None:
    refusal = refused(markup)
    assert refusal.cause == "no_text"
    assert "2 张图片" in refusal.message
    assert "文字识别" in refusal.cure


def test_an_empty_list_is_no_text() -> None:
    assert refused(page("<div class=list>暂无数据</div><div>共0条</div>", "通知公告")).cause == "no_text"


AROUND = {
    "login box": "<form>用户名：<input> 密码：<input type=password> <button>登录</button> 忘记密码</form>",
    "noscript": "<noscript>请启用JavaScript</noscript><div class=tip>您的浏览器不支持脚本，请升级</div>",
    "firewall scripts": "<script>$_ts=window['$_ts'];</script><script src='/cdn-cgi/challenge-platform/x.js'></script>",
    "redirect of a phone": "<script>if(/phone/.test(navigator.userAgent)){location.href='/wap/1.html'}</script>",
    "frame": "<iframe src='/share.html'></iframe><iframe src='/counter.html' width=0></iframe>",
    "late refresh": '<meta http-equiv="refresh" content="1800">',
    "pictures": "<img src=/a/1.jpg><img src=/a/2.jpg>",
    "empty mount": "<div id=app></div><div class=comment>暂无数据</div>",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("container", ['<div id="zoom">', '<div class="content">', "<div>"])
def test_an_article_is_read_whatever_the_page_around_it_holds(around: str, container: str) -> None:
    markup = page(f"{around}<h1>{TITLE}</h1>{container}{ARTICLE}</div>", TITLE)
    assert "到2025年底，全县不少于70%的乡村学校纳入共同体" in text_of(markup)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize(
    "notice",
    [
        "<p>请各校于6月30日前登录系统填报共同体建设情况，用户名、密码不变，逾期不再受理。</p><p>青岚县教育局</p><p>2025年6月1日</p>",
        "<p>各学校：</p><p>因服务器故障，系统维护期间访问被拒绝，请稍后再试。特此通知。</p>",
        "<p>为做好数据报送，现将报送网址被拦截、页面不存在等问题的处理办法通知如下：请联系信息中心。</p>",
    ],
)
def test_a_short_notice_about_logging_in_or_blocking_is_read(around: str, notice: str) -> None:
    assert "，" in text_of(page(f"{around}<h1>关于填报的通知</h1><div id=zoom>{notice}</div>", "关于填报的通知"))


def test_news_about_blocked_visits_is_read() -> None:
    news = (
        "近日，青岚县第一中学开展网络安全宣传周活动。活动中，信息科技教师用生动的案例讲解了什么是恶意攻击、什么样的访问会被防火墙拦截，"
        "为什么有时会看到“您访问的页面不存在”的提示，以及登录密码怎样设置才安全。同学们踊跃提问，现场气氛热烈。活动还设置了知识竞答环节，"
        "三百多名师生参加。学校表示，今后每学期都要组织这样的活动，让网络安全走进每一间教室、每一个家庭，并带动共同体内的成员校一起参加。"
    )
    assert "踊跃提问" in text_of(page(f"<h1>青岚一中开展网络安全宣传周活动</h1><div id=zoom><p>{news}</p></div>"))


def test_a_notice_with_its_text_and_an_embedded_file_is_read() -> None:
    markup = page(f'<h1>{TITLE}</h1><div id=zoom>{ARTICLE}<iframe src="/u/附件.pdf"></iframe></div>', TITLE)
    assert "全县不少于70%" in text_of(markup)


def test_a_page_of_a_title_and_an_attachment_is_read_with_its_link() -> None:
    markup = page(f'<h1>{TITLE}</h1><div id=zoom><p><a href="/u/1.docx">附件：共同体名单.docx</a></p></div>', TITLE)
    reading = read(markup.encode(), "a.html")
    assert [link.href for link in reading.links] == ["/u/1.docx"]
