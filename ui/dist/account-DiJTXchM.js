import{R as e,u as o,W as c}from"./index-ghWDAfn4.js";const t=document.getElementById("app");t&&e(o(c,{title:"account",tabs:[],current:"/account"}),t);
